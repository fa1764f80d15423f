// Tokens as arguments: one in 64 begins with a hyphen, and is no option then.

import type { CommandUnknownOpts } from "@commander-js/extra-typings";

/** A token of ours that looks like an option. */
const hyphenated = /^-[A-Za-z0-9_-]{42}$/;

/** Makes a command take what has the form of a token as an argument, wherever it stands. @returns the command */
export function takingTokens<C extends CommandUnknownOpts>(command: C): C {
  const parse = command.parseOptions.bind(command);
  command.parseOptions = (args) => {
    const { operands, unknown } = parse(args.filter((argument) => !hyphenated.test(argument)));
    return {
      operands: [...operands, ...args.filter((argument) => hyphenated.test(argument))],
      unknown,
    };
  };
  return command;
}
