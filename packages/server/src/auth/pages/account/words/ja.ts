// The account pages in Japanese.

import type { AccountWords } from "./en.js";

export const ja: AccountWords = {
  email: "メールアドレス",
  password: "パスワード",
  emailMissing: "メールアドレスを入力してください。",
  emailWrong: "メールアドレスは name@example.com の形式で入力してください。",
  passwordMissing: "パスワードを入力してください。",
  passwordShort: (least) => `パスワードは ${least} 文字以上で入力してください。`,
  passwordLong: "パスワードが長すぎます。",
  passwordGuessable: "推測されやすいパスワードです。別のものを選んでください。",
  passwordWrong: "現在のパスワードが正しくありません。",
  passwordHint: (least) =>
    `${least} 文字以上。関連のない単語をいくつか並べると、安全で覚えやすくなります。`,
  busy: (seconds) =>
    seconds < 90
      ? "試行回数が多すぎます。1 分ほど待ってからもう一度お試しください。"
      : `試行回数が多すぎます。${Math.ceil(seconds / 60)} 分ほど待ってからもう一度お試しください。`,
  signInAgain:
    "ログインしてから時間が経っています。一度ログアウトし、もう一度ログインしてください。",
  locked: "このアカウントは退会済みのため、現在ご利用になれません。",
  back: "アカウントのページに戻る",
  cancel: "キャンセル",

  signIn: {
    title: "ログイン",
    submit: "ログイン",
    wrong: "メールアドレスまたはパスワードが正しくありません。",
    noAccount: "アカウントをお持ちでない場合",
    signUp: "アカウントを作成",
    forgotten: "パスワードをお忘れですか？",
    with: (provider) => `${provider} でログイン`,
    outside: (provider) =>
      `${provider} アカウントでログインします。パスワードが ${provider} の外に渡ることはありません。`,
    outsideFailed: "ログインできませんでした。もう一度お試しください。",
  },
  signUp: {
    title: "アカウントを作成",
    lead: "アカウントを作成すると、デバイスにログインしたり、このページでデバイスを確認・削除したりできます。",
    submit: "アカウントを作成",
    taken:
      "このメールアドレスのアカウントはすでにあります。ログインするか、パスワードをお忘れの場合はリカバリーコードをご利用ください。",
    haveAccount: "アカウントをお持ちの場合",
    off: "新しいアカウントは、このサーバーの管理者が作成します。管理者にお問い合わせください。",
  },
  recover: {
    title: "パスワードをお忘れですか？",
    lead: "アカウント作成時に保存したリカバリーコードを 1 つ入力し、新しいパスワードを設定してください。",
    code: "リカバリーコード",
    codeHint: "20 文字の英数字。ハイフンとスペースは省略できます。",
    codeMissing: "リカバリーコードを入力してください。",
    newPassword: "新しいパスワード",
    submit: "新しいパスワードを設定",
    wrong: "メールアドレスまたはリカバリーコードが正しくないか、コードがすでに使用されています。",
    noCodes:
      "リカバリーコードがない場合は、このサーバーの管理者に新しいパスワードの設定を依頼してください。",
  },
  account: {
    title: "アカウント",
    done: {
      renamed: "デバイスの名前を変更しました。",
      removed: "デバイスを削除しました。このデバイスはアカウントを利用できなくなりました。",
      password: "パスワードを変更しました。ほかのブラウザーとアプリはログアウトされました。",
      recovered:
        "新しいパスワードを設定しました。すべてのブラウザーとアプリはログアウトされました。",
      signedOut: "ほかのすべてのブラウザーとアプリをログアウトしました。",
      activated: "デバイスを許可しました。数秒後にデバイスが自動的に先へ進みます。",
      consent: "変更を保存しました。",
    },
    security: "ログインとセキュリティ",
    changePassword: "パスワードを変更",
    recoveryCodes: "リカバリーコード",
    codesLeft: (count) =>
      count === 0
        ? "リカバリーコードがありません。パスワードを忘れた場合、管理者以外は対応できなくなります。"
        : `未使用のリカバリーコードが ${count} 個あります。`,
    signOut: "ログアウト",
    signOutEverywhere: "すべての場所でログアウト",
    consents: "利用規約と同意",
    noConsents: "同意が必要な利用規約はありません。",
    agreedOn: (date) => `${date} に同意`,
    takenBackOn: (date) => `${date} に同意を撤回`,
    notAgreed: "未同意",
    required: "必須",
    optional: "任意",
    version: (version) => `バージョン ${version}`,
    read: "読む",
    agree: "同意する",
    takeBack: "同意を撤回",
    close: "退会する",
    closeLead: "アカウントを終了し、デバイスを削除して、すべての場所でログアウトします。",
  },
  devices: {
    title: "マイデバイス",
    none: "このアカウントでログインしたデバイスはまだありません。",
    add: "コードでデバイスを追加",
    online: "接続中",
    signedOut: "ログアウト済み",
    seen: (when) => `最終利用: ${when}`,
    manage: "管理",
    manageNamed: (name) => `${name} を管理`,
    unnamed: "名前のないデバイス",
    model: "モデル",
    deviceId: "デバイス ID",
    app: "アプリ",
    added: "追加日",
    lastSeen: "最終利用",
    from: "接続元アドレス",
    unknown: "不明",
    name: "名前",
    nameHint: "例: キッチン。空欄にすると、デバイス自身が名乗る名前が使われます。",
    nameWrong: (longest) => `名前は改行なしで ${longest} 文字以内で入力してください。`,
    rename: "名前を保存",
    remove: "デバイスを削除",
    removeTitle: (name) => `${name} を削除しますか？`,
    removeLead:
      "デバイスはただちにログアウトされ、配信待ちのメッセージも削除されます。再び使うには、もう一度設定が必要です。",
  },
  changePassword: {
    title: "パスワードを変更",
    lead: "ほかのブラウザーとアプリはログアウトされます。デバイスはログインしたままです。",
    present: "現在のパスワード",
    next: "新しいパスワード",
    submit: "パスワードを変更",
  },
  recoveryCodes: {
    title: "リカバリーコード",
    lead: "パスワードを忘れたとき、コード 1 つにつき 1 回、新しいパスワードを設定できます。印刷するか、パスワードマネージャーに保存してください。",
    make: "新しいコードを作成",
    makeLead: "新しいコードを作成すると、以前のコードは使えなくなります。",
    show: "今すぐコードを保存してください。コードは再表示できません。",
    list: "リカバリーコードの一覧",
    saved: "保存しました",
  },
  everywhere: {
    title: "すべての場所でログアウト",
    lead: "このブラウザー以外の、すべてのブラウザーとアプリをログアウトします。",
    devices: "デバイスもログアウトする",
    devicesHint: "デバイスごとに再設定が必要になります。",
    submit: "すべての場所でログアウト",
  },
  close: {
    title: "退会しますか？",
    lead: (days) =>
      `デバイスはただちに削除され、すべての場所でログアウトされます。${days} 日間はこのアカウントでログインできません。その後にログインすると、最初からやり直しになります。`,
    confirm: "はい、退会します",
    confirmMissing: "退会する場合は、チェックを入れてください。",
    submit: "退会する",
    doneTitle: "退会しました",
    done: "デバイスは削除され、すべての場所でログアウトされました。",
  },
};
