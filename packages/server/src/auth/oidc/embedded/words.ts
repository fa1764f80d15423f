// The words of the pages on which a person lets an app know them.

import type { Language } from "../../pages/language.js";
import type { Scope } from "./scopes.js";

export interface ConsentWords {
  readonly title: (app: string) => string;
  readonly lead: (app: string) => string;
  readonly scopes: Readonly<Record<Scope, string>>;
  readonly goesTo: (host: string) => string;
  readonly allow: string;
  readonly deny: string;
  readonly goneTitle: string;
  readonly gone: string;
  readonly failedTitle: string;
  readonly failed: string;
}

export const consentWords: Readonly<Record<Language, ConsentWords>> = {
  en: {
    title: (app) => `Continue to ${app}?`,
    lead: (app) => `${app} wants to:`,
    scopes: {
      openid: "know you again the next time",
      email: "see your e-mail address",
      devices: "sign devices in to your account",
      offline_access: "do this also when you are not there",
    },
    goesTo: (host) => `You go on to ${host}.`,
    allow: "Allow",
    deny: "Do not allow",
    goneTitle: "This page has expired",
    gone: "Go back to the app and sign in again.",
    failedTitle: "Signing in did not work",
    failed: "The app made a mistake, or the page is too old. Go back to the app and try again.",
  },
  ja: {
    title: (app) => `${app} に進みますか？`,
    lead: (app) => `${app} は次の許可を求めています。`,
    scopes: {
      openid: "次回以降もあなたを識別する",
      email: "メールアドレスを見る",
      devices: "デバイスをあなたのアカウントにログインさせる",
      offline_access: "あなたが操作していないときにも上記を行う",
    },
    goesTo: (host) => `${host} に移動します。`,
    allow: "許可する",
    deny: "許可しない",
    goneTitle: "このページの有効期限が切れました",
    gone: "アプリに戻り、もう一度ログインしてください。",
    failedTitle: "ログインできませんでした",
    failed:
      "アプリに問題があるか、ページが古くなっています。アプリに戻り、もう一度お試しください。",
  },
  ko: {
    title: (app) => `${app}(으)로 계속할까요?`,
    lead: (app) => `${app}에서 다음 권한을 요청합니다.`,
    scopes: {
      openid: "다음에도 나를 알아보기",
      email: "이메일 주소 보기",
      devices: "내 계정에 기기를 로그인시키기",
      offline_access: "내가 사용하지 않을 때에도 위 작업 하기",
    },
    goesTo: (host) => `${host}(으)로 이동합니다.`,
    allow: "허용",
    deny: "허용하지 않음",
    goneTitle: "이 페이지는 만료되었습니다",
    gone: "앱으로 돌아가 다시 로그인해 주세요.",
    failedTitle: "로그인하지 못했습니다",
    failed: "앱에 문제가 있거나 페이지가 오래되었습니다. 앱으로 돌아가 다시 시도해 주세요.",
  },
};
