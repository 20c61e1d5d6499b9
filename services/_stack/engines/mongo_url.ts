/** `mongodb://` or `mongodb+srv://`, whom and where, the database, the options: `URL` refuses a list of hosts. */
const MONGO_URL = /^(?<server>mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/(?<database>[^?]*))?(?:\?(?<options>.*))?$/;

/**
 * The same server, another database. The database of a URL with credentials is also where they are checked, unless
 * `authSource` says so: it is kept.
 *
 * @throws {TypeError} if it is not a MongoDB URL.
 */
export function withDatabase(url: string, database: string): string {
  const { server, database: old, options = "" } = MONGO_URL.exec(url)?.groups ?? {};
  if (server === undefined) throw new TypeError("Not a MongoDB URL");
  const query = new URLSearchParams(options);
  if (server.includes("@") && !query.has("authSource")) query.set("authSource", old || "admin");
  const suffix = query.size > 0 ? `?${query}` : "";
  return `${server}/${encodeURIComponent(database)}${suffix}`;
}
