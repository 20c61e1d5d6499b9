/** Something outside the program keeps it from starting; its message is the one line the operator needs. */
export class StartFault extends Error {
  override readonly name = "StartFault";

  /** @param reason What is wrong and what it should be, without a secret and without a period. */
  constructor(reason: string, options?: ErrorOptions) {
    super(`Cannot start: ${reason}`, options);
  }
}
