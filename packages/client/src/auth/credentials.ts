// Who asks for tokens: the registered client, and the one unit of it.

/** What a client was registered with. */
export interface ClientCredentials {
  readonly id: string;
  readonly secret: string;
}

/** One unit of a device model. */
export interface DeviceIdentity {
  /** A MAC address or a UUID; the same for the life of the unit. At most 128 bytes. */
  readonly id: string;
  /** The model, as registered with the client. At most 128 bytes. */
  readonly model: string;
}

/** How the account is proven to `/authorize`. */
export type AccountProof =
  /** What the identity provider gave the app for the person who signed in. */
  | { readonly kind: "account-token"; readonly token: string }
  /** A code of the identity provider, which the authorization server exchanges there itself. */
  | { readonly kind: "account-code"; readonly code: string }
  /** Nobody: a guest account that belongs to this device alone. */
  | { readonly kind: "guest" };
