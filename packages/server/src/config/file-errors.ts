// The operating system's error codes as an operator's words.

/** Why a file, a directory or a port cannot be used, in words that follow its name and a colon. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      return "no such file";
    case "EACCES":
    case "EPERM":
      return "no permission";
    case "EISDIR":
      return "is a directory";
    case "ENOTDIR":
      return "a part of its path is a file, not a directory";
    case "EROFS":
      return "the file system is read-only";
    case "EADDRINUSE":
      return "another program has it";
    case "EADDRNOTAVAIL":
      return "this machine has no such address";
    case "ENOSPC":
      return "no space is left on the device";
    default:
      return error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : "cannot be read";
  }
}
