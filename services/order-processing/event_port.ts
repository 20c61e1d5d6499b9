import type { OrderEvent } from "./event.ts";

/** Where events go. */
export interface EventPublisher {
  /**
   * Publishes events in their order. It may be asked again for some it has published: their ids tell.
   *
   * @throws if one may not have arrived; all of them are sent again later.
   */
  publish(events: readonly OrderEvent[]): Promise<void>;
}
