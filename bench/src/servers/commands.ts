// How a server program of the suite talks with it: says its port once, then carries out commands.

/** What a server can be asked to do; each takes the argument of the question. */
export type Commands = Readonly<Record<string, (argument: never) => unknown>>;

/** What the program was started with. */
export function startArgument<T>(): T {
  return JSON.parse(process.argv[2] ?? "{}") as T;
}

/** Tells the suite that the server listens, and answers its questions from then on. */
export function ready(port: number, commands: Commands = {}): void {
  process.on("message", (message) => {
    const { id, command, argument } = message as { id: number; command: string; argument: never };
    void carryOut(commands, command, argument).then((answer) => process.send?.({ id, ...answer }));
  });
  // Without the suite there is nobody to end it.
  process.on("disconnect", () => process.exit(0));
  process.send?.({ port });
}

async function carryOut(commands: Commands, command: string, argument: never) {
  try {
    if (command === "collect-garbage") return { result: await collectGarbage() };
    return { result: await commands[command]?.(argument) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Collects garbage, so that memory is what is held and not what happens to lie about. */
async function collectGarbage(): Promise<void> {
  const [{ setFlagsFromString }, { runInNewContext }] = await Promise.all([
    import("node:v8"),
    import("node:vm"),
  ]);
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let time = 0; time < 3; time++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
