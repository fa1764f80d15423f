// The account pages in English, which is also the form that the other languages have to have.

const minutes = (count: number) => `${count} ${count === 1 ? "minute" : "minutes"}`;

export const en = {
  email: "E-mail address",
  password: "Password",
  emailMissing: "Enter your e-mail address.",
  emailWrong: "Enter an e-mail address in the form name@example.com.",
  passwordMissing: "Enter your password.",
  passwordShort: (least: number) => `The password must have at least ${least} characters.`,
  passwordLong: "The password is too long.",
  passwordGuessable: "This password is one of the first that others would try. Choose another one.",
  passwordWrong: "That is not your present password.",
  passwordHint: (least: number) =>
    `At least ${least} characters. A few unrelated words are strong and easy to remember.`,
  busy: (seconds: number) =>
    seconds < 90
      ? "That was tried too often. Please try again in a minute."
      : `That was tried too often. Please try again in ${minutes(Math.ceil(seconds / 60))}.`,
  signInAgain: "Please sign out and in again first: it is a while since you signed in.",
  locked: "This account was closed by its owner and cannot be used at the moment.",
  back: "Back to your account",
  cancel: "Cancel",

  signIn: {
    title: "Sign in",
    submit: "Sign in",
    wrong: "The e-mail address or the password is wrong.",
    noAccount: "No account yet?",
    signUp: "Create an account",
    forgotten: "Forgot your password?",
    with: (provider: string) => `Continue with ${provider}`,
    outside: (provider: string) =>
      `You sign in with your ${provider} account. Your password stays with ${provider}.`,
    outsideFailed: "Signing in did not work. Please try again.",
  },
  signUp: {
    title: "Create an account",
    lead: "With an account you sign in on your devices, and see and remove them here.",
    submit: "Create account",
    taken:
      "There is already an account with this e-mail address. Sign in instead, or use a recovery code if you forgot the password.",
    haveAccount: "Already have an account?",
    off: "New accounts are made by the operator of this server. Please ask there.",
  },
  recover: {
    title: "Forgot your password?",
    lead: "Enter one of the recovery codes that you saved when you created your account, and choose a new password.",
    code: "Recovery code",
    codeHint: "20 letters and digits. Dashes and spaces do not matter.",
    codeMissing: "Enter a recovery code.",
    newPassword: "New password",
    submit: "Set new password",
    wrong: "The e-mail address or the recovery code is wrong, or the code was used before.",
    noCodes: "No recovery codes? The operator of this server can set a new password for you.",
  },
  account: {
    title: "Your account",
    done: {
      renamed: "The device has a new name.",
      removed: "The device was removed. It can no longer use your account.",
      password: "Your password was changed. Other browsers and apps were signed out.",
      recovered: "Your new password is set. All browsers and apps were signed out.",
      signedOut: "All other browsers and apps were signed out.",
      activated: "The device was let in. It will go on by itself in a few seconds.",
      consent: "Your choice was saved.",
    },
    security: "Sign-in and security",
    changePassword: "Change password",
    recoveryCodes: "Recovery codes",
    codesLeft: (count: number) =>
      count === 0
        ? "You have no recovery codes. Without one, nobody but the operator can help when you forget your password."
        : `You have ${count} unused recovery ${count === 1 ? "code" : "codes"}.`,
    signOut: "Sign out",
    signOutEverywhere: "Sign out everywhere",
    consents: "Terms and consents",
    noConsents: "There are no terms to agree to.",
    agreedOn: (date: string) => `agreed on ${date}`,
    takenBackOn: (date: string) => `taken back on ${date}`,
    notAgreed: "not agreed",
    required: "required",
    optional: "optional",
    version: (version: string) => `version ${version}`,
    read: "Read",
    agree: "Agree",
    takeBack: "Take back",
    close: "Close account",
    closeLead: "Ends your account, removes your devices and signs out everywhere.",
  },
  devices: {
    title: "My devices",
    none: "No device has signed in with your account yet.",
    add: "Add a device with a code",
    online: "connected",
    signedOut: "signed out",
    seen: (when: string) => `last seen ${when}`,
    manage: "Manage",
    manageNamed: (name: string) => `Manage ${name}`,
    unnamed: "Unnamed device",
    model: "Model",
    deviceId: "Device ID",
    app: "App",
    added: "Added",
    lastSeen: "Last seen",
    from: "From address",
    unknown: "unknown",
    name: "Name",
    nameHint: "For example: Kitchen. Leave it empty to use the name that the device gives itself.",
    nameWrong: (longest: number) =>
      `A name has at most ${longest} characters, without line breaks.`,
    rename: "Save name",
    remove: "Remove device",
    removeTitle: (name: string) => `Remove ${name}?`,
    removeLead:
      "It is signed out at once, and messages that wait for it are deleted. To use it again you set it up anew.",
  },
  changePassword: {
    title: "Change password",
    lead: "Other browsers and apps are signed out. Your devices stay signed in.",
    present: "Present password",
    next: "New password",
    submit: "Change password",
  },
  recoveryCodes: {
    title: "Recovery codes",
    lead: "If you forget your password, each of these codes lets you set a new one, once. Print them or keep them in a password manager.",
    make: "Make new codes",
    makeLead: "New codes replace the ones before, which then stop working.",
    show: "Save these codes now. They are not shown again.",
    list: "Your recovery codes",
    saved: "I have saved them",
  },
  everywhere: {
    title: "Sign out everywhere",
    lead: "Signs out all browsers and apps except this one.",
    devices: "Sign out my devices too",
    devicesHint: "Each of them has to be set up again.",
    submit: "Sign out everywhere",
  },
  close: {
    title: "Close your account?",
    lead: (days: number) =>
      `Your devices are removed and signed out at once, here and everywhere. For ${days} ${days === 1 ? "day" : "days"} nobody can sign in with this account. After that, signing in starts afresh.`,
    confirm: "Yes, close my account",
    confirmMissing: "Tick the box if you want to close your account.",
    submit: "Close account",
    doneTitle: "Your account is closed",
    done: "Your devices were removed and everything was signed out.",
  },
};

/** What every language has to say. */
export type AccountWords = typeof en;
