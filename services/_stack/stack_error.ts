/** A fault the reader can do something about: its message is one line and is printed without a stack trace. */
export class StackError extends Error {
  override readonly name = "StackError";
}

/** The one line to print for anything thrown: what failed on the disk by its cause, the rest by its message. */
export function describeFault(error: unknown): string {
  if (error instanceof StackError) return error.message;
  const { code, path } = error as { code?: unknown; path?: unknown }; // only read, and only if they are strings
  const where = typeof path === "string" ? path : "the data folder";
  if (code === "ENOSPC") return `no space left on the device that holds ${where}`;
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") return `no permission to write ${where}`;
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n")[0] ?? "unknown fault";
}
