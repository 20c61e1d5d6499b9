import type { OutgoingReply } from "./reply_check.ts";

/** A GET outside the contract: for operators and readers. */
export interface OperationalRoute {
  /** With parameters in braces. */
  readonly path: string;
  /** Whether it is answered however often it is asked: what watches the service must not be told to wait. @default false */
  readonly unlimited?: boolean;
  answer(params: Readonly<Record<string, string>>): OutgoingReply | Promise<OutgoingReply>;
}
