// The words of `/activate`.

import type { Language } from "../pages/language.js";
import { codeAlphabet } from "../readable-code.js";

export interface ActivateWords {
  readonly title: string;
  readonly lead: string;
  readonly code: string;
  readonly codeHint: string;
  readonly submit: string;
  readonly missing: string;
  readonly malformed: string;
  readonly unknown: string;
  readonly confirmTitle: string;
  readonly warning: string;
  readonly shown: string;
  readonly name: string;
  readonly app: string;
  readonly model: string;
  readonly deviceId: string;
  readonly askedFrom: string;
  readonly asked: string;
  readonly terms: string;
  readonly termsMissing: string;
  readonly allow: string;
  readonly deny: string;
  readonly deniedTitle: string;
  readonly denied: string;
  readonly gone: string;
}

export const activateWords: Readonly<Record<Language, ActivateWords>> = {
  en: {
    title: "Add a device",
    lead: "Enter the code that your device shows or speaks.",
    code: "Code",
    codeHint: "8 letters and digits, for example ACEF-HJKL. Upper and lower case are the same.",
    submit: "Continue",
    missing: "Enter the code of your device.",
    malformed: `A code has 8 letters and digits, and only these occur: ${codeAlphabet}. Please look at your device again.`,
    unknown: "This code is unknown or has expired. Let your device show a new one.",
    confirmTitle: "Let this device use your account?",
    warning:
      "Allow it only if the device is in front of you and shows this code. Nobody who calls or writes to you needs it.",
    shown: "Code",
    name: "Name",
    app: "App",
    model: "Model",
    deviceId: "Device ID",
    askedFrom: "From address",
    asked: "Asked",
    terms: "Please read and agree first",
    termsMissing: "The device can be let in once you agree to the required documents.",
    allow: "Allow",
    deny: "Do not allow",
    deniedTitle: "The device was not let in",
    denied: "It cannot use your account. You can close this page.",
    gone: "Meanwhile the code has expired, or was used. Let your device show a new one.",
  },
  ja: {
    title: "デバイスを追加",
    lead: "デバイスに表示される、または読み上げられるコードを入力してください。",
    code: "コード",
    codeHint: "8 文字の英数字（例: ACEF-HJKL）。大文字と小文字は区別されません。",
    submit: "次へ",
    missing: "デバイスのコードを入力してください。",
    malformed: `コードは 8 文字の英数字で、使われる文字は ${codeAlphabet} だけです。もう一度デバイスをご確認ください。`,
    unknown:
      "コードが正しくないか、有効期限が切れています。デバイスで新しいコードを表示してください。",
    confirmTitle: "このデバイスにアカウントの利用を許可しますか？",
    warning:
      "デバイスが手元にあり、このコードが表示されている場合だけ許可してください。電話やメッセージでコードを求められることはありません。",
    shown: "コード",
    name: "名前",
    app: "アプリ",
    model: "モデル",
    deviceId: "デバイス ID",
    askedFrom: "接続元アドレス",
    asked: "要求日時",
    terms: "先に次の文書をお読みになり、同意してください",
    termsMissing: "必須の文書に同意すると、デバイスを許可できます。",
    allow: "許可する",
    deny: "許可しない",
    deniedTitle: "デバイスは許可されませんでした",
    denied: "このデバイスはアカウントを利用できません。このページを閉じてもかまいません。",
    gone: "コードの有効期限が切れたか、すでに使用されました。デバイスで新しいコードを表示してください。",
  },
  ko: {
    title: "기기 추가",
    lead: "기기에 표시되거나 기기가 읽어 주는 코드를 입력해 주세요.",
    code: "코드",
    codeHint: "영문자와 숫자 8자(예: ACEF-HJKL). 대소문자는 구분하지 않습니다.",
    submit: "계속",
    missing: "기기의 코드를 입력해 주세요.",
    malformed: `코드는 영문자와 숫자 8자이며, 사용되는 문자는 ${codeAlphabet}뿐입니다. 기기를 다시 확인해 주세요.`,
    unknown: "코드가 올바르지 않거나 만료되었습니다. 기기에서 새 코드를 표시해 주세요.",
    confirmTitle: "이 기기가 내 계정을 사용하도록 허용할까요?",
    warning:
      "기기가 눈앞에 있고 이 코드를 표시하고 있을 때만 허용하세요. 전화나 메시지로 이 코드를 요구하는 일은 없습니다.",
    shown: "코드",
    name: "이름",
    app: "앱",
    model: "모델",
    deviceId: "기기 ID",
    askedFrom: "접속 주소",
    asked: "요청 시각",
    terms: "먼저 아래 문서를 읽고 동의해 주세요",
    termsMissing: "필수 문서에 동의해야 기기를 허용할 수 있습니다.",
    allow: "허용",
    deny: "허용하지 않음",
    deniedTitle: "기기를 허용하지 않았습니다",
    denied: "이 기기는 계정을 사용할 수 없습니다. 이 페이지를 닫아도 됩니다.",
    gone: "그사이 코드가 만료되었거나 이미 사용되었습니다. 기기에서 새 코드를 표시해 주세요.",
  },
};
