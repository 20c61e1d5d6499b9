import { findImports, type Import, type SourceFile, stripSource } from "./scan.ts";

/** A kind of file, by its path, and what it may import. */
export interface Room {
  readonly name: string;
  readonly path: RegExp;
  /** Rooms, packages and built-in modules; a room of a service means that of the same service. */
  readonly imports: readonly string[];
  /** Further ones, of which it may know the types only. */
  readonly types?: readonly string[];
}

/** Something that is said in few rooms only. */
export interface Saying {
  readonly name: string;
  /** Looked for in the code as it runs: comments and types do not count. */
  readonly words: RegExp;
  /** Where it may be said. */
  readonly rooms: readonly string[];
}

/** What breaks the rule, one line for each fault. */
export function checkFile(file: SourceFile, rooms: readonly Room[], sayings: readonly Saying[]): readonly string[] {
  const room = roomOf(file.path, rooms);
  if (room === undefined) return [`${file.path} is in no room`];
  const code = stripSource(file.source);
  return [
    ...findImports(file)
      .filter((found) => !isAllowed(found, { path: file.path, room, rooms }))
      .map(({ target, isType }) => `${file.path} (${room.name}) imports ${isType ? "types of " : ""}${target}`),
    ...sayings
      .filter(({ words, rooms: allowed }) => !allowed.includes(room.name) && words.test(code))
      .map(({ name, words }) => `${file.path} (${room.name}) says ${name}: ${words.exec(code)?.[0].trim()}`),
  ];
}

function isAllowed({ target, isType }: Import, from: { path: string; room: Room; rooms: readonly Room[] }): boolean {
  const allowed = isType ? [...from.room.imports, ...(from.room.types ?? [])] : from.room.imports;
  if (!isOurs(target)) return allowed.some((name) => name === target || name === "any package");
  const [here, there] = [serviceOf(from.path), serviceOf(target)];
  if (here !== undefined && there !== undefined && here !== there) return false; // a service never imports a service
  const room = roomOf(target, from.rooms);
  return room !== undefined && (room.name === from.room.name || allowed.includes(room.name));
}

function roomOf(path: string, rooms: readonly Room[]): Room | undefined {
  return rooms.find((room) => room.path.test(path));
}

/** The deployable a file belongs to. */
function serviceOf(path: string): string | undefined {
  return /^services\/([a-z][a-z-]*)\//.exec(path)?.[1];
}

function isOurs(target: string): boolean {
  return /^(openapi|services|sdk|k8s)\//.test(target);
}
