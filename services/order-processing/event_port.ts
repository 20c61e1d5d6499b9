import type { OrderEvent } from "./event.ts";

/** Where events go. */
export interface EventPublisher {
  /** Whether it is worth asking: while this is false events wait where they are, at no cost to anybody. */
  readonly isAvailable: boolean;
  /**
   * Publishes events in their order. It may be asked again for some it has published: their ids tell.
   *
   * @throws if one may not have arrived; all of them are sent again later.
   */
  publish(events: readonly OrderEvent[]): Promise<void>;
}
