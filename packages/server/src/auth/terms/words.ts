// The words of the terms page.

import type { Language } from "../pages/language.js";

export interface TermsWords {
  readonly title: string;
  readonly lead: string;
  readonly required: string;
  readonly optional: string;
  readonly version: (version: string) => string;
  readonly read: (title: string) => string;
  readonly agreeRequired: (title: string) => string;
  readonly agreeOptional: (title: string) => string;
  readonly agreedOn: (at: number) => string;
  readonly agree: string;
  readonly decline: string;
  readonly declineHint: string;
  /** A page whose address is of no use (any more). */
  readonly gone: { readonly title: string; readonly lead: string };
  readonly foreignRedirect: { readonly title: string; readonly lead: string };
  readonly back: string;
}

const day = (locale: string, at: number) =>
  new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(at);

export const termsWords: Readonly<Record<Language, TermsWords>> = {
  en: {
    title: "Terms of use",
    lead: "Before your device gets in, please read these documents and say which ones you agree to.",
    required: "Required",
    optional: "Optional",
    version: (version) => `Version ${version}`,
    read: (title) => `Read “${title}”`,
    agreeRequired: (title) => `I agree to “${title}” (required)`,
    agreeOptional: (title) => `I agree to “${title}” (optional)`,
    agreedOn: (at) => `You agreed to it on ${day("en", at)}.`,
    agree: "Agree and continue",
    decline: "Decline",
    declineHint: "Without the required ones the device cannot be used with this service.",
    gone: {
      title: "This page has expired",
      lead: "Its address is no longer valid. Go back to the app and sign the device in again.",
    },
    foreignRedirect: {
      title: "This address is not valid",
      lead: "The app asked to be sent to an address that it has not registered here.",
    },
    back: "Back to the app",
  },
  ja: {
    title: "利用規約",
    lead: "デバイスを利用する前に、次の文書をお読みになり、同意するものを選んでください。",
    required: "必須",
    optional: "任意",
    version: (version) => `バージョン ${version}`,
    read: (title) => `「${title}」を読む`,
    agreeRequired: (title) => `「${title}」に同意します（必須）`,
    agreeOptional: (title) => `「${title}」に同意します（任意）`,
    agreedOn: (at) => `${day("ja", at)}に同意済みです。`,
    agree: "同意して続ける",
    decline: "同意しない",
    declineHint: "必須の文書に同意いただけない場合、このサービスでデバイスを利用できません。",
    gone: {
      title: "このページの有効期限が切れました",
      lead: "このアドレスは無効になりました。アプリに戻り、もう一度デバイスを登録してください。",
    },
    foreignRedirect: {
      title: "このアドレスは無効です",
      lead: "アプリが指定した戻り先は、登録されていないアドレスです。",
    },
    back: "アプリに戻る",
  },
  ko: {
    title: "이용약관",
    lead: "기기를 사용하기 전에 다음 문서를 읽고 동의할 항목을 선택해 주세요.",
    required: "필수",
    optional: "선택",
    version: (version) => `버전 ${version}`,
    read: (title) => `‘${title}’ 읽기`,
    agreeRequired: (title) => `‘${title}’에 동의합니다 (필수)`,
    agreeOptional: (title) => `‘${title}’에 동의합니다 (선택)`,
    agreedOn: (at) => `${day("ko", at)}에 동의했습니다.`,
    agree: "동의하고 계속",
    decline: "동의하지 않음",
    declineHint: "필수 문서에 동의하지 않으면 이 서비스에서 기기를 사용할 수 없습니다.",
    gone: {
      title: "이 페이지는 만료되었습니다",
      lead: "이 주소는 더 이상 유효하지 않습니다. 앱으로 돌아가 기기를 다시 등록해 주세요.",
    },
    foreignRedirect: {
      title: "유효하지 않은 주소입니다",
      lead: "앱이 요청한 주소는 등록되지 않은 주소입니다.",
    },
    back: "앱으로 돌아가기",
  },
};
