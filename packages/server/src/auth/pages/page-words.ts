// The words of the frame that every page has, and of the pages that say what went wrong.

import type { Language } from "./language.js";

/** A page that says one thing. */
export interface Message {
  readonly title: string;
  readonly sentence: string;
}

export interface PageWords {
  readonly skip: string;
  /** What the list of languages is, for screen readers. */
  readonly languages: string;
  /** Before the title of a page whose form was not in order. */
  readonly problem: string;
  /** Above the list of what was not. */
  readonly problems: string;
  readonly formSpent: string;
  readonly formForeign: string;
  readonly home: string;
  readonly notFound: Message;
  readonly busy: Message;
  readonly refused: Message;
  readonly failed: Message;
}

export const pageWords: Readonly<Record<Language, PageWords>> = {
  en: {
    skip: "Skip to content",
    languages: "Languages",
    problem: "Problem",
    problems: "There is a problem",
    formSpent: "This form was sent already, or was open for too long. Please send it again.",
    formForeign:
      "This form did not come from a page of this site, or your browser keeps no cookies. Please send it again.",
    home: "Go to your account",
    notFound: {
      title: "Page not found",
      sentence: "There is nothing here. The address may be mistyped, or the page is gone.",
    },
    busy: {
      title: "Too many tries",
      sentence:
        "That was too often, or too many people came at once. Please wait a moment and try again.",
    },
    refused: {
      title: "That did not work",
      sentence: "The request could not be understood. Please go back and try again.",
    },
    failed: {
      title: "Something went wrong",
      sentence: "The fault is ours. Please try again in a moment.",
    },
  },
  ja: {
    skip: "本文へ移動",
    languages: "言語",
    problem: "エラー",
    problems: "入力内容をご確認ください",
    formSpent:
      "このフォームはすでに送信されたか、開いてから時間が経ちすぎています。もう一度送信してください。",
    formForeign:
      "このサイトのページから送信されていないか、ブラウザーの Cookie が無効になっています。もう一度送信してください。",
    home: "アカウントのページへ",
    notFound: {
      title: "ページが見つかりません",
      sentence: "アドレスが間違っているか、ページがなくなっています。",
    },
    busy: {
      title: "回数が多すぎます",
      sentence:
        "試行回数が多すぎるか、アクセスが集中しています。しばらく待ってからもう一度お試しください。",
    },
    refused: {
      title: "処理できませんでした",
      sentence: "リクエストを処理できませんでした。前のページに戻って、もう一度お試しください。",
    },
    failed: {
      title: "エラーが発生しました",
      sentence: "サーバーで問題が発生しました。しばらくしてからもう一度お試しください。",
    },
  },
  ko: {
    skip: "본문으로 건너뛰기",
    languages: "언어",
    problem: "오류",
    problems: "입력 내용을 확인해 주세요",
    formSpent: "이미 보낸 양식이거나 연 지 너무 오래되었습니다. 다시 보내 주세요.",
    formForeign:
      "이 사이트의 페이지에서 보낸 양식이 아니거나 브라우저의 쿠키가 꺼져 있습니다. 다시 보내 주세요.",
    home: "내 계정으로 이동",
    notFound: {
      title: "페이지를 찾을 수 없습니다",
      sentence: "주소가 잘못되었거나 페이지가 없어졌습니다.",
    },
    busy: {
      title: "시도 횟수가 너무 많습니다",
      sentence: "너무 자주 시도했거나 접속이 몰렸습니다. 잠시 후 다시 시도해 주세요.",
    },
    refused: {
      title: "처리하지 못했습니다",
      sentence: "요청을 처리할 수 없습니다. 이전 페이지로 돌아가 다시 시도해 주세요.",
    },
    failed: {
      title: "문제가 발생했습니다",
      sentence: "서버에 문제가 생겼습니다. 잠시 후 다시 시도해 주세요.",
    },
  },
};
