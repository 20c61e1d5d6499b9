/** Gathers what is to be counted: many at once cost a fraction, because the code that counts is then in the processor's caches. */
export class Batch<T> {
  readonly #count: (item: T) => void;
  readonly #size: number;
  #items: T[] = [];

  /** @param count Counts one. */
  constructor(count: (item: T) => void, { size = 256 } = {}) {
    this.#count = count;
    this.#size = size;
  }

  add(item: T): void {
    if (this.#items.push(item) >= this.#size) this.settle();
  }

  /** Counts what waits. */
  settle(): void {
    const items = this.#items;
    this.#items = [];
    for (const item of items) this.#count(item);
  }
}
