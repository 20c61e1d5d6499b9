/** Preloaded into a process whose clock shall be wrong: `SHIFTED_CLOCK_S` says by how many seconds. */
const shiftMs = Number(process.env.SHIFTED_CLOCK_S ?? 0) * 1_000;
const RealDate = Date;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [RealDate.now() + shiftMs] : args, newTarget),
  apply: () => new Date().toString(),
  get: (target, name) => (name === "now" ? () => RealDate.now() + shiftMs : Reflect.get(target, name)),
});
