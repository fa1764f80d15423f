// The part of oidc-provider that the suite touches; the library brings no types.

declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  interface Model {
    save(): Promise<string>;
  }
  type ModelClass<T> = new (members: T) => Model;

  export class Provider {
    constructor(issuer: string, configuration: object);
    readonly Client: { find(id: string): Promise<object | undefined> };
    readonly Grant: new (members: object) => Model & { addOIDCScope(scope: string): void };
    readonly RefreshToken: ModelClass<object>;
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    proxy: boolean;
  }
}
