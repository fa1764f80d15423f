// A device, whole: signs in, stays connected, sends events, hands directives over.

import { type TrefoilError, isTrefoilError } from "@trefoil/protocol/errors";
import type {
  DirectiveName,
  DirectivePayload,
  EventName,
  EventPayload,
} from "@trefoil/protocol/interfaces";
import type { EventEnvelope, MessageName, Payload } from "@trefoil/protocol/messages";
import { type ClientParts, assemble } from "./assembly.js";
import { type AccountProof, deviceSignIn } from "./auth/index.js";
import type {
  CloseOptions,
  CodeSignInOptions,
  CodeSignInOutcome,
  ConnectOptions,
  SendOptions,
  SignInOutcome,
} from "./call-options.js";
import type { ConnectionState } from "./connection/index.js";
import type { ContextProviders } from "./context/index.js";
import { beginsDialogue } from "./dialogue/index.js";
import type { DirectiveHandler, ReceivedDirective } from "./directives/index.js";
import type { EventResponse } from "./events/index.js";
import { closedError, openConnection } from "./first-connection.js";
import type { ClientNotice, NoticeListener } from "./notices.js";
import type { ClientOptions } from "./options.js";
import {
  type Recognition,
  type RecognizeOptions,
  Recognizer,
  type SpeechSource,
} from "./speech/index.js";

/**
 * One device. Call {@link signIn} unless its tokens are stored, then {@link connect}; it stays connected until
 * {@link close}, whatever the network does.
 */
export class Client {
  /** The parts of the device's state that go along with every event. */
  readonly context: ContextProviders;
  readonly #parts: ClientParts;
  readonly #recognizer: Recognizer;
  readonly #watchers = new Set<NoticeListener>();

  /** @throws {TrefoilError} `invalid_request` where the User-Agent cannot stand in a header, or a setting makes no sense */
  constructor(options: ClientOptions) {
    this.#parts = assemble(options, {
      notify: (notice) => this.#notify(notice),
      changed: (state, previous) => this.#changed(state, previous),
      signInNeeded: (error) => this.#signInNeeded(error),
      take: (directive) => this.#recognizer.take(directive),
    });
    this.#recognizer = new Recognizer({
      clock: this.#parts.clock,
      send: (payload, sending) => this.send("SpeechRecognizer.Recognize", payload, sending),
      interrupt: () => this.interrupt(),
      captured: (dialogRequestId, end) => this.#notify({ kind: "capture", dialogRequestId, end }),
    });
    this.context = this.#parts.context;
  }

  /** Where the connection stands. {@link watch} tells of each change. */
  get state(): ConnectionState {
    return this.#parts.connection.state;
  }

  /** The `dialogRequestId` of the user's last request. */
  get dialogRequestId(): string | undefined {
    return this.#parts.intake.dialogue.latest;
  }

  /** Whether there are tokens, here or in the store. They may turn out to be dead: `sign-in-needed` tells then. */
  async signedIn(): Promise<boolean> {
    return (await this.#parts.keeper.tokens()) !== undefined;
  }

  /**
   * Signs in and keeps the tokens. Where the outcome is `terms`, open its page and call {@link finishSignIn} with its code
   * once the terms are agreed to.
   * @throws {TrefoilError} where the request was wrong, the server failed or could not be reached
   */
  async signIn(proof: AccountProof): Promise<SignInOutcome> {
    const outcome = await this.#parts.server.authorize(proof);
    if (outcome.kind !== "code") return outcome;
    await this.finishSignIn(outcome.code);
    return { kind: "signed-in" };
  }

  /**
   * Signs in without a companion app: has a short code shown, which a person types on a web page, waits for that and keeps
   * the tokens. Where the outcome is `expired`, call it again for a new code.
   * @throws {TrefoilError} where the server refuses to give a code, or could not be reached for one
   * @see https://www.rfc-editor.org/rfc/rfc8628
   */
  async signInByCode({ prompt, signal }: CodeSignInOptions): Promise<CodeSignInOutcome> {
    const { server, clock, keeper } = this.#parts;
    const outcome = await deviceSignIn({ server, clock, prompt, signal });
    if (outcome.kind !== "tokens") return outcome;
    await keeper.adopt(outcome.tokens);
    return { kind: "signed-in" };
  }

  /**
   * Exchanges an authorization code, also one that a companion app got for this device, and keeps the tokens.
   * @throws {TrefoilError} `invalid_grant` where the code is unknown, used, too old, or waits for the terms to be agreed to
   */
  async finishSignIn(code: string): Promise<void> {
    await this.#parts.keeper.adopt(await this.#parts.server.exchange(code));
  }

  /**
   * Closes the connection, has the tokens revoked and forgets them.
   * @throws {TrefoilError} where the server cannot be reached: the tokens are kept, so that it can be tried again
   */
  async signOut(): Promise<void> {
    await this.close();
    const token = await this.#parts.keeper.accessToken();
    if (token.kind === "failed") throw token.error;
    if (token.kind === "token") {
      try {
        await this.#parts.server.delete(token.accessToken);
      } catch (thrown) {
        // Dead already is as good as deleted.
        if (!isTrefoilError(thrown) || thrown.code !== "invalid_grant") throw thrown;
      }
    }
    await this.#parts.keeper.forget();
  }

  /**
   * Connects, and stays connected until {@link close}. Resolves when the downchannel is open.
   * @throws {TrefoilError} `access_denied` where the device is not signed in; `unavailable` where the gateway cannot be
   *   reached, unless told to wait; the cause where the gateway refuses this client
   */
  async connect(options: ConnectOptions = {}): Promise<void> {
    const { keeper, connection } = this.#parts;
    options.signal?.throwIfAborted();
    const token = await keeper.accessToken();
    if (token.kind === "sign-in") throw token.error;
    options.signal?.throwIfAborted();
    keeper.start();
    await openConnection(
      connection,
      (listener) =>
        this.watch((notice) => {
          if (notice.kind === "connection") listener(notice.state);
        }),
      options,
    );
  }

  /** Ends the connection. Events that still wait are given up, after the time that `drain` allows. */
  async close(options: CloseOptions = {}): Promise<void> {
    const { drain = 0 } = options;
    if (drain > 0 && this.#parts.sender.pending > 0) {
      await new Promise<void>((resolve) => {
        const timer = this.#parts.clock.after(drain, resolve);
        void this.#parts.sender.idle().then(() => {
          timer.cancel();
          resolve();
        });
      });
    }
    this.#parts.connection.input({ kind: "stop" });
  }

  /** The platform's word that the network is back, or another one: what is known of the old one is tried at once. */
  networkChanged(): void {
    this.#parts.connection.input({ kind: "network-changed" });
  }

  /**
   * Sends an event, now or when the connection is back.
   * @param name `Namespace.Name`
   * @returns the answer once the gateway has taken the event; its directives arrive in it and at the handlers
   * @throws {TrefoilError} the code of the gateway's refusal; `unavailable` where it was given up or its answer was lost
   */
  send<N extends EventName>(
    name: N,
    payload: EventPayload<N>,
    options?: SendOptions,
  ): Promise<EventResponse>;
  send<N extends MessageName>(
    name: N extends EventName ? never : N,
    payload: Payload,
    options?: SendOptions,
  ): Promise<EventResponse>;
  async send(
    name: MessageName,
    payload: object,
    options: SendOptions = {},
  ): Promise<EventResponse> {
    const { state } = this;
    if (state.phase === "closed") throw closedError();
    if (state.phase === "stopped") throw state.cause;
    const envelope = this.#envelope(name, payload, options);
    const { maxAge, maxDialogueAge } = this.#parts.settings.events;
    return this.#parts.sender.send(envelope, {
      attachments: options.attachments ?? [],
      repeatable: options.repeatable ?? false,
      maxAge: options.maxAge ?? (beginsDialogue(name) ? maxDialogueAge : maxAge),
      signal: options.signal,
    });
  }

  /**
   * Asks in speech: uploads what the source gives while it is recorded, until the gateway has heard enough
   * (`SpeechRecognizer.StopCapture`), the source ends or `stop` is called. With `listen` it answers when the platform asks back.
   * @param speech 16-bit little-endian mono PCM at 16 kHz
   * @returns at once; its `answer` rejects as {@link send} does
   */
  recognize(speech: SpeechSource, options: RecognizeOptions): Recognition {
    return this.#recognizer.recognize(speech, options);
  }

  /** Silences what the user's last request presents and drops what of it waits, as when the user says "stop" by a button. */
  interrupt(): void {
    this.#parts.intake.dialogue.interrupt();
  }

  /**
   * Hands directives of one name to a handler. Those that carry the latest `dialogRequestId` come one after another, each
   * when the handler's promise for the one before has resolved; those without an id come at once. Payloads are typed by
   * the catalogue, but not checked against it: a gateway may leave out what it should send.
   * @param name `Namespace.Name`, or `*` for what no other handler takes
   * @returns takes the handler away again
   */
  on<N extends DirectiveName>(name: N, handler: DirectiveHandler<DirectivePayload<N>>): () => void;
  on<N extends MessageName | "*">(
    name: N extends DirectiveName ? never : N,
    handler: DirectiveHandler,
  ): () => void;
  on(name: string, handler: DirectiveHandler<never>): () => void {
    return this.#parts.handlers.add(name, handler as DirectiveHandler);
  }

  /**
   * Every directive from now on, in the order in which they are handed over: `for await (const directive of client)`. One is
   * done when the next is asked for. Ends when the client is closed.
   */
  [Symbol.asyncIterator](): AsyncGenerator<ReceivedDirective, void, undefined> {
    return this.#parts.handlers.feed()[Symbol.asyncIterator]();
  }

  /**
   * Tells of everything that happens.
   * @returns tells no more
   */
  watch(listener: NoticeListener): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  #envelope(name: MessageName, payload: object, options: SendOptions): EventEnvelope {
    const dot = name.indexOf(".");
    const dialogRequestId =
      options.dialogRequestId ?? (beginsDialogue(name) ? crypto.randomUUID() : undefined);
    return {
      context: options.context ?? this.context.entries(),
      event: {
        header: {
          namespace: name.slice(0, dot),
          name: name.slice(dot + 1),
          messageId: options.messageId ?? crypto.randomUUID(),
          ...(dialogRequestId === undefined ? {} : { dialogRequestId }),
        },
        payload: { ...payload },
      },
    };
  }

  #changed(state: ConnectionState, previous: ConnectionState): void {
    switch (state.phase) {
      case "open":
        this.#parts.sender.flush();
        break;
      case "stopped":
        this.#parts.keeper.stop();
        this.#parts.sender.giveUpAll(state.cause);
        break;
      case "closed":
        this.#parts.keeper.stop();
        this.#parts.sender.giveUpAll(closedError());
        this.#parts.intake.dialogue.stop();
        this.#parts.handlers.close();
        break;
      case "connecting":
      case "opening":
      case "renewing":
      case "waiting":
        break;
    }
    this.#notify({ kind: "connection", state, previous });
    if (state.phase === "stopped" && state.reason === "sign-in") {
      this.#notify({ kind: "sign-in-needed", error: state.cause });
    }
  }

  #signInNeeded(error: TrefoilError): void {
    const { phase } = this.state;
    if (phase === "closed" || phase === "stopped") this.#notify({ kind: "sign-in-needed", error });
    else this.#parts.connection.input({ kind: "sign-in-needed", cause: error });
  }

  #notify(notice: ClientNotice): void {
    for (const watcher of this.#watchers) {
      try {
        watcher(notice);
      } catch {
        // A watcher's failure is its own: it must not stop what it watches.
      }
    }
  }
}

/**
 * Makes a client. On Node.js use `createClient` of `@trefoil/client/node`, which brings the transport.
 * @see docs/client.md
 */
export function createClient(options: ClientOptions): Client {
  return new Client(options);
}
