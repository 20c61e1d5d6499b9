import { createHmac, createPublicKey, sign } from "node:crypto";
import { type Attack, type AttackGroup, attack, distinct } from "./attack.ts";
import { createForgedKey, createOtherKeys, forge, malleate, readToken, type Signer, tamper } from "./forgery.ts";
import { exchange, outcomeOf, statusesIn } from "./http.ts";
import { GOOD_HEADER, ISSUED_BY_STOLEN_KEY, type World } from "./world.ts";

type Json = Readonly<Record<string, unknown>>;

const REFUSED = "401 unauthorized";
const HOUR_S = 3600;

function hmacOf(secret: string | Buffer): Signer {
  return (data) => createHmac("sha256", secret).update(data).digest();
}

/** Reads the victim's orders with a token. */
function read(world: World, token: string): Promise<string> {
  return outcomeOf(`${world.orders}/orders`, { token });
}

function forged(name: string, make: (world: World) => string): Attack {
  return attack(name, REFUSED, (world) => read(world, make(world)));
}

/** A token by the issuer's own key, so that only the change can be what it is refused for. */
function wrongClaims(name: string, change: (claims: Json, nowS: number) => Json): Attack {
  const make = ({ goodClaims, signed }: World) => signed(change(goodClaims(), Math.floor(Date.now() / 1000)));
  return forged(`signed by the issuer's key, but ${name}`, make);
}

function wrongHeader(name: string, change: Json): Attack {
  const make = ({ goodClaims, signed }: World) => signed(goodClaims(), { ...GOOD_HEADER, ...change });
  return forged(`signed by the issuer's key, but ${name}`, make);
}

/** HS256 with something public taken for the secret (RFC 8725, 2.1). */
function confused(name: string, secretOf: (x: string, world: World) => string | Buffer): Attack {
  return forged(`HS256 with ${name} as secret`, (world) => {
    const { x } = world.stolenKey.jwk as { x: string }; // an Ed25519 key has x
    const signer = hmacOf(secretOf(x, world));
    return forge({ ...GOOD_HEADER, alg: "HS256" }, world.goodClaims(), signer);
  });
}

function pemOf(world: World): string {
  const key = createPublicKey({ key: world.stolenKey.jwk as JsonWebKey, format: "jwk" }); // made by node:crypto
  return String(key.export({ format: "pem", type: "spki" }));
}

/** A key that the header brings along, or says where to find. */
function ownKey(name: string, headerOf: (jwk: Json, url: string) => Json): Attack {
  return attack(`own key, ${name}`, `${REFUSED}, fetched 0 times`, async (world) => {
    let fetched = 0;
    const key = createForgedKey(ISSUED_BY_STOLEN_KEY);
    const fetch = () => {
      fetched++;
      return Response.json({ keys: [key.jwk] });
    };
    const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch });
    const header = { ...GOOD_HEADER, ...headerOf(key.jwk, `http://127.0.0.1:${server.port}/jwks.json`) };
    const seen = await read(world, forge(header, world.goodClaims(), key.signer));
    await server.stop(true);
    return `${seen}, fetched ${fetched} times`;
  });
}

function otherAlgorithm(alg: string, signer: Signer): Attack {
  return forged(`signed with ${alg} by a key of one's own`, ({ goodClaims }) =>
    forge({ ...GOOD_HEADER, alg }, goodClaims(), signer),
  );
}

const { rsa, p256 } = createOtherKeys();

const FORGED: readonly Attack[] = [
  attack("(control) a good token is taken", "200", (world) => read(world, world.signed(world.goodClaims()))),
  attack("no token", REFUSED, ({ orders }) => outcomeOf(`${orders}/orders`)),
  ...["none", "None", "NONE", "nOnE"].map((alg) =>
    forged(`unsigned, alg ${alg}`, ({ goodClaims }) => forge({ ...GOOD_HEADER, alg }, goodClaims())),
  ),
  forged("no signature at all", ({ alice }) => alice.token.slice(0, alice.token.lastIndexOf(".") + 1)),
  forged("two parts only", ({ alice }) => alice.token.slice(0, alice.token.lastIndexOf("."))),
  confused("the public key's bytes", (x) => Buffer.from(x, "base64url")),
  confused("the public key's x", (x) => x),
  confused("the public key's PEM", (_, world) => pemOf(world)),
  confused("the public JWK", (_, world) => JSON.stringify(world.stolenKey.jwk)),
  confused("nothing", () => ""),
  otherAlgorithm("RS256", (data) => sign("sha256", data, rsa)),
  otherAlgorithm("ES256", (data) => sign("sha256", data, { key: p256, dsaEncoding: "ieee-p1363" })),
  ownKey("known kid", () => ({})),
  ownKey("jwk in the header", (jwk) => ({ jwk })),
  ownKey("jku in the header", (_, jku) => ({ jku })),
  ownKey("x5u in the header", (_, x5u) => ({ x5u })),
  ownKey("kid is a URL", (_, kid) => ({ kid })),
  ownKey("x5c in the header", () => ({ x5c: ["MIIB"] })),
  forged("tampered with: another subject", ({ alice, mallory }) => tamper(mallory.token, { sub: alice.id })),
  attack("tampered with: the role admin", REFUSED, ({ users, mallory }) =>
    outcomeOf(`${users}/users`, { token: tamper(mallory.token, { roles: ["customer", "admin"] }) }),
  ),
  forged("tampered with: one bit of the signature", ({ alice }) => {
    const { signature } = readToken(alice.token);
    signature[5] = (signature[5] ?? 0) ^ 1;
    return [...alice.token.split(".").slice(0, 2), signature.toString("base64url")].join(".");
  }),
  forged("a signature of the wrong form: S plus the group's order", ({ goodClaims, signed }) =>
    malleate(signed(goodClaims())),
  ),
];

const SIGNED: readonly Attack[] = [
  wrongHeader("it has crit", { crit: ["exp"] }),
  wrongHeader("its payload is unencoded (b64)", { b64: false, crit: ["b64"] }),
  wrongHeader("it brings its key (jwk)", { jwk: createForgedKey("x").jwk }),
  wrongHeader("typ is JWT", { typ: "JWT" }),
  wrongHeader("typ is dpop+jwt", { typ: "dpop+jwt" }),
  wrongHeader("it has no typ", { typ: undefined }),
  wrongHeader("it has no kid", { kid: undefined }),
  wrongHeader("kid is a list", { kid: [ISSUED_BY_STOLEN_KEY] }),
  wrongHeader("kid is a path", { kid: "../../../../dev/null" }),
  wrongHeader("kid is SQL", { kid: `' UNION SELECT '${ISSUED_BY_STOLEN_KEY}` }),
  wrongHeader("kid is __proto__", { kid: "__proto__" }),
  wrongClaims("expired an hour ago", (claims, nowS) => ({ ...claims, iat: nowS - 2 * HOUR_S, exp: nowS - HOUR_S })),
  wrongClaims("expired a second ago", (claims, nowS) => ({ ...claims, exp: nowS - 1 })),
  wrongClaims("without exp", ({ exp: _, ...claims }) => claims),
  wrongClaims("exp is a text", (claims, nowS) => ({ ...claims, exp: String(nowS + HOUR_S) })),
  wrongClaims("not good before an hour from now", (claims, nowS) => ({ ...claims, nbf: nowS + HOUR_S })),
  wrongClaims("of another issuer", (claims) => ({ ...claims, iss: "http://evil.example" })),
  wrongClaims("without issuer", ({ iss: _, ...claims }) => claims),
  wrongClaims("for another audience", (claims) => ({ ...claims, aud: "another-shop" })),
  wrongClaims("for services", (claims) => ({ ...claims, aud: "tradepost/internal" })),
  wrongClaims("without audience", ({ aud: _, ...claims }) => claims),
  wrongClaims("for two audiences", (claims) => ({ ...claims, aud: ["tradepost", "tradepost/internal"] })),
  wrongClaims("without subject", ({ sub: _, ...claims }) => claims),
  wrongClaims("without jti", ({ jti: _, ...claims }) => claims),
  wrongClaims("roles is a text", (claims) => ({ ...claims, roles: "customer admin" })),
  attack(
    "signed by the issuer's key, with a role nobody knows",
    "403 forbidden",
    ({ orders, alice, goodClaims, signed }) => {
      const token = signed({ ...goodClaims(), sub: crypto.randomUUID(), roles: ["root", "Admin", "admin "] });
      return outcomeOf(`${orders}/orders?customerId=${alice.id}`, { token });
    },
  ),
];

const COMMANDS = {
  commands: [
    {
      command: "reserve",
      orderId: "019a0d33-0000-7000-8000-000000000001",
      revision: 1,
      productId: "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
      quantity: 1,
      notAfter: "2099-01-01T00:00:00.000Z",
    },
  ],
};

function command({ products }: World, token: string): Promise<string> {
  return outcomeOf(`${products}/internal/stock-commands`, { method: "POST", token, json: COMMANDS });
}

const MISPLACED: readonly Attack[] = [
  attack("(control) a service's token gives commands", "200", async (world) =>
    command(world, await world.serviceToken()),
  ),
  attack("a user's token on a service's operation", REFUSED, (world) => command(world, world.alice.token)),
  attack("an admin's token on a service's operation", REFUSED, (world) => command(world, world.admin.token)),
  attack("a service's token on users' operations", REFUSED, async ({ orders, products, users, serviceToken }) => {
    const token = await serviceToken();
    const urls = [`${orders}/orders`, `${users}/profile`, `${users}/users`, `${products}/products`];
    return distinct(await Promise.all(urls.map((url) => outcomeOf(url, { token }))));
  }),
  attack("a service's token without the scope", "403 forbidden", (world) => {
    const { goodClaims, signed } = world;
    return command(world, signed({ ...goodClaims(), aud: "tradepost/internal", scope: "stock:read stock:writer" }));
  }),
  attack("a user's claims with a scope on a service's operation", REFUSED, (world) =>
    command(world, world.signed({ ...world.goodClaims(), scope: "stock:write" })),
  ),
  attack("a refresh token as access token", REFUSED, (world) => read(world, world.alice.refreshToken)),
  attack("an access token as refresh token", "401 invalid-refresh-token", ({ users, alice }) =>
    outcomeOf(`${users}/token/refresh`, { method: "POST", json: { refresh_token: alice.token } }),
  ),
  attack("a token in the query", REFUSED, ({ orders, alice }) =>
    outcomeOf(`${orders}/orders?access_token=${alice.token}`),
  ),
  attack("a token with the scheme Basic", REFUSED, ({ orders, alice }) =>
    outcomeOf(`${orders}/orders`, { headers: { authorization: `Basic ${alice.token}` } }),
  ),
  attack("two Authorization headers", /^(401|400)$/, async ({ orders, alice }) => {
    const lines = ["GET /orders HTTP/1.1", "Host: localhost", "Authorization: Bearer x.y.z"];
    lines.push(`Authorization: Bearer ${alice.token}`, "Connection: close", "", "");
    return statusesIn(await exchange(orders, lines.join("\r\n")));
  }),
  attack("a token of 12 kB", /^(401 unauthorized|431)$/, (world) =>
    read(world, world.signed({ ...world.goodClaims(), padding: "x".repeat(9000) })),
  ),
  attack(
    "200 unknown kids make the issuer be asked at most twice",
    "401 unauthorized, asked at most twice",
    async (world) => {
      const before = world.keySetReads();
      const tokens = Array.from({ length: 200 }, () =>
        world.signed(world.goodClaims(), { ...GOOD_HEADER, kid: crypto.randomUUID() }),
      );
      const seen = distinct(await Promise.all(tokens.map((token) => read(world, token))));
      const asked = world.keySetReads() - before;
      return `${seen}, asked ${asked <= 2 ? "at most twice" : `${asked} times`}`;
    },
  ),
];

/** Access tokens that nobody should take (RFC 8725, RFC 9068, RFC 6750). */
export const TOKEN_ATTACKS: AttackGroup = { group: "tokens", attacks: [...FORGED, ...SIGNED, ...MISPLACED] };
