/**
 * Whether what people saw of one document with a version can have happened one call after the other, each at some moment between its
 * beginning and its end (linearizability), given that a write takes effect only on the version it expects, which it makes the next one.
 *
 * Versions give the order away: version 7 was written by whoever wrote on 6, and read after that and before 8. So nothing is searched for:
 * each call has its place in the line of versions, and what is left to test is that nobody began after somebody of a later place had ended.
 */
export type RegisterCall = ReadCall | WriteCall;

interface Timing {
  readonly invokedMs: number;
  readonly returnedMs: number;
}

/** A read that was answered; one that was not tells nothing. */
export interface ReadCall extends Timing {
  readonly kind: "read";
  readonly version: number;
  readonly value: string;
}

export interface WriteCall extends Timing {
  readonly kind: "write";
  readonly expected: number;
  readonly value: string;
  readonly outcome: "ok" | "conflict" | "unknown";
  /** The version it was told to have made, if it was told. */
  readonly version?: number;
}

/** What the document was before the first call. */
export interface Origin {
  readonly version: number;
  readonly value: string;
}

/** A call at its place: each version is first written, then read. */
interface Placed extends Timing {
  readonly what: string;
  readonly version: number;
  readonly place: number;
}

/** A write that made a version, as far as is known. */
interface Maker extends Timing {
  readonly version: number;
  readonly value: string;
}

/** @returns What is wrong, one line each; none if the calls are linearizable. O(n log n) but for contrived conflicts. */
export function checkRegister(calls: readonly RegisterCall[], origin: Origin): string[] {
  const reads = calls.filter((call) => call.kind === "read");
  const writes = calls.filter((call) => call.kind === "write");
  const { makers, faults } = findMakers(reads, writes, origin);
  const placed = [...placeWrites(makers), ...reads.map(placeRead)];
  const found = [...faults, ...checkValues(reads, makers, origin), ...checkOrder(placed)];
  // Conflicts are explained by when the versions came to be: there is no such time while the line itself is broken.
  return found.length > 0 ? found : checkConflicts({ reads, writes, makers, origin });
}

/** Who made each version. One that nobody was told to have made must be explained by a write of which nobody knows what became. */
function findMakers(
  reads: readonly ReadCall[],
  writes: readonly WriteCall[],
  origin: Origin,
): { makers: Map<number, Maker>; faults: string[] } {
  const makers = new Map<number, Maker>();
  const faults: string[] = [];
  for (const { expected, version = Number.NaN, value, invokedMs, returnedMs, outcome } of writes) {
    if (outcome !== "ok") continue;
    if (version !== expected + 1) faults.push(`a write on version ${expected} was told that it made ${version}`);
    if (makers.has(version)) faults.push(`an update was lost: two writes were told that they made version ${version}`);
    makers.set(version, { version, value, invokedMs, returnedMs });
  }
  const seen = new Map(reads.map(({ version, value }) => [version, value]));
  const unknown = Map.groupBy(
    writes.filter(({ outcome }) => outcome === "unknown"),
    ({ expected }) => expected + 1,
  );
  const top = Math.max(origin.version, ...keysOf(makers), ...keysOf(seen));
  for (let version = origin.version + 1; version <= top; version++) {
    if (makers.has(version)) continue;
    const fitting = (unknown.get(version) ?? []).filter(({ value }) => (seen.get(version) ?? value) === value);
    // The one that began first could have been done at any moment at which another could.
    const maker = fitting.reduce<WriteCall | undefined>(
      (first, write) => (first && first.invokedMs <= write.invokedMs ? first : write),
      undefined,
    );
    if (!maker) faults.push(`nobody wrote version ${version}, and somebody saw it or a later one`);
    // It may have had its effect at any time after it began.
    else makers.set(version, { version, value: maker.value, invokedMs: maker.invokedMs, returnedMs: Infinity });
  }
  return { makers, faults };
}

function* keysOf(map: ReadonlyMap<number, unknown>): Iterable<number> {
  for (const key of map.keys()) if (!Number.isNaN(key)) yield key;
}

function placeWrites(makers: ReadonlyMap<number, Maker>): Placed[] {
  return [...makers.values()].map((maker) => ({ ...maker, what: "write", place: 2 * maker.version }));
}

function placeRead(read: ReadCall): Placed {
  return { ...read, what: "read", place: 2 * read.version + 1 };
}

function checkValues(reads: readonly ReadCall[], makers: ReadonlyMap<number, Maker>, origin: Origin): string[] {
  return reads.flatMap(({ version, value }) => {
    if (version < origin.version) return [`version ${version} was read, older than the first one`];
    const written = version === origin.version ? origin.value : makers.get(version)?.value;
    if (written === undefined || written === value) return [];
    return [`version ${version} was read as "${value}" and written as "${written}"`];
  });
}

/** Nobody may begin after somebody of a later place has ended. */
function checkOrder(placed: readonly Placed[]): string[] {
  const ended = placed.filter(({ returnedMs }) => returnedMs < Infinity).sort((a, b) => a.returnedMs - b.returnedMs);
  const faults: string[] = [];
  let next = 0;
  let latest: Placed | undefined;
  for (const call of placed.toSorted((a, b) => a.invokedMs - b.invokedMs)) {
    for (let end = ended[next]; end && end.returnedMs < call.invokedMs; end = ended[++next]) {
      if (!latest || end.place > latest.place) latest = end;
    }
    if (!latest || call.place >= latest.place) continue;
    faults.push(
      `the ${call.what} of version ${call.version} began after the ${latest.what} of version ${latest.version} had ended`,
    );
  }
  return faults;
}

interface Line {
  readonly reads: readonly ReadCall[];
  readonly writes: readonly WriteCall[];
  readonly makers: ReadonlyMap<number, Maker>;
  readonly origin: Origin;
}

/** Moments at which a version can have come to be; both ends included. */
type Span = readonly [fromMs: number, toMs: number];

/**
 * A write that was refused met another version than the one it expected: at some moment of it that version was not there yet, or there no
 * longer. So from version to version: when can it have come to be, given when the one before can have, and the refusals between?
 */
function checkConflicts({ reads, writes, makers, origin }: Line): string[] {
  const readsOf = Map.groupBy(reads, ({ version }) => version);
  const refusedOn = Map.groupBy(
    writes.filter(({ outcome }) => outcome === "conflict"),
    ({ expected }) => expected,
  );
  const doubtful = firstUnknown(writes);
  let born: readonly Span[] = [[-Infinity, -Infinity]];
  for (let version = origin.version; ; version++) {
    const refused = (refusedOn.get(version) ?? []).toSorted((a, b) => a.invokedMs - b.invokedMs);
    const maker = makers.get(version + 1);
    // The last version explains its refusals by coming late; else somebody wrote on it of whom nobody knows.
    const lastRefused = refused.at(-1)?.invokedMs ?? -Infinity;
    if (!maker && born.some(([, toMs]) => toMs >= lastRefused)) return [];
    const nextMaker = maker ?? doubtful.get(version);
    if (!nextMaker) return [`a write on version ${version} was refused while that was the version`];
    const ended = maker ? [maker.returnedMs, ...(readsOf.get(version + 1) ?? []).map((read) => read.returnedMs)] : [];
    const window: Span = [
      Math.max(nextMaker.invokedMs, ...(readsOf.get(version) ?? []).map((read) => read.invokedMs)),
      Math.min(Infinity, ...ended),
    ];
    born = bornAfter(born, refused, window);
    if (born.length === 0) return [`a write on version ${version} was refused while that was the version`];
  }
}

/** For each version the first write on it of which nobody knows what became. */
function firstUnknown(writes: readonly WriteCall[]): Map<number, WriteCall> {
  const first = new Map<number, WriteCall>();
  for (const write of writes) {
    const other = first.get(write.expected);
    if (write.outcome === "unknown" && (!other || write.invokedMs < other.invokedMs)) first.set(write.expected, write);
  }
  return first;
}

/** When the next version can come to be: after its predecessor, and before each refusal ends that the predecessor's coming does not explain. */
function bornAfter(born: readonly Span[], refused: readonly WriteCall[], [fromMs, toMs]: Span): Span[] {
  const endOfLater: number[] = [];
  for (const [index, { returnedMs }] of [...refused.entries()].reverse()) {
    endOfLater[index] = Math.min(returnedMs, endOfLater[index + 1] ?? Infinity);
  }
  const spans: Span[] = [];
  for (const [earliestMs, latestMs] of born) {
    // Between the beginnings of two refusals it makes no difference when exactly the predecessor came.
    for (let index = 0; index <= refused.length; index++) {
      const begin = Math.max(earliestMs, refused[index - 1]?.invokedMs ?? -Infinity);
      const isReached = begin <= latestMs && begin < (refused[index]?.invokedMs ?? Infinity);
      const span: Span = [Math.max(begin, fromMs), Math.min(toMs, endOfLater[index] ?? Infinity)];
      if (isReached && span[0] <= span[1]) spans.push(span);
    }
  }
  return merge(spans);
}

function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last && span[0] <= last[1]) merged[merged.length - 1] = [last[0], Math.max(last[1], span[1])];
    else merged.push(span);
  }
  return merged;
}
