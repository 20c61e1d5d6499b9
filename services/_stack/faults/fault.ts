/** Something that goes wrong on real processes while the system is used. */
import type { ServiceName } from "#contract";
import type { Stack } from "../stack.ts";

/** Where users and products are. */
export type EngineName = "postgres" | "mongo";

/** A stack that is treated badly. */
export interface Victim {
  readonly stack: Stack;
  readonly engine: EngineName;
  /** What services are told from their next start on, beside the usual; changed in place. */
  readonly settings: Map<ServiceName, Readonly<Record<string, string>>>;
  /** The same seed makes the same choices. */
  readonly seed: number;
  /** Called when the stack is done with, whatever happened. */
  onEnd(end: () => Promise<void>): void;
}

export interface Fault {
  /** As in the table; unique. */
  readonly name: string;
  /** On which engines it is tried. */
  readonly engines: readonly EngineName[];
  /** Whether the short selection has it. */
  readonly isQuick?: boolean;
  /** Why it can't be tried here, if so. */
  missing?(victim: Victim): string | undefined | Promise<string | undefined>;
  /** Makes ready what takes long, before anybody comes. */
  prepare?(victim: Victim): Promise<void>;
  /** Lets it happen, and settles when it is over: what was killed is started again, what was cut is mended. */
  strike(victim: Victim): Promise<void>;
  /** Puts everything back as it was before {@link Fault.prepare}. */
  restore?(victim: Victim): Promise<void>;
}
