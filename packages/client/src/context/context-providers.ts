// The state of the device that goes along with every event, gathered from who knows each part of it.

import type { ContextName, ContextPayload } from "@trefoil/protocol/interfaces";
import type { ContextEntry, MessageName, Payload } from "@trefoil/protocol/messages";

/** Answers the payload of one context object as it is now; undefined leaves it out of this event. */
export type ContextProvider<P = Payload> = () => P | undefined;

/** The providers of one client. */
export class ContextProviders {
  readonly #providers = new Map<MessageName, ContextProvider>();
  readonly #failed: (name: MessageName, error: unknown) => void;

  /** @param failed a provider threw; its object is left out of that event */
  constructor(failed: (name: MessageName, error: unknown) => void) {
    this.#failed = failed;
  }

  /**
   * Fills in one context object from now on, in place of an earlier provider of the same name. Its payload is typed by the
   * catalogue; a name that it does not have takes any payload.
   * @param name `Namespace.Name`, as in `Speaker.VolumeState`
   * @returns takes the provider back
   */
  provide<N extends ContextName>(name: N, provider: ContextProvider<ContextPayload<N>>): () => void;
  provide<N extends MessageName>(
    name: N extends ContextName ? never : N,
    provider: ContextProvider,
  ): () => void;
  provide(name: MessageName, typed: ContextProvider<object>): () => void {
    const provider = typed as ContextProvider;
    this.#providers.set(name, provider);
    return () => {
      if (this.#providers.get(name) === provider) this.#providers.delete(name);
    };
  }

  /** The context of an event that is made now. */
  entries(): ContextEntry[] {
    const entries: ContextEntry[] = [];
    for (const [fullName, provider] of this.#providers) {
      const dot = fullName.indexOf(".");
      const header = { namespace: fullName.slice(0, dot), name: fullName.slice(dot + 1) };
      try {
        const payload = provider();
        if (payload !== undefined) entries.push({ header, payload });
      } catch (error) {
        this.#failed(fullName, error);
      }
    }
    return entries;
  }
}
