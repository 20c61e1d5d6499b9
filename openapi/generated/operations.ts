// Written by generate.ts from openapi.yaml: change that and run `bun run generate`.

/** Every operation: whose it is, where it is, who may call it and what it takes. */
export const OPERATIONS = {
  /**
   * Create an account.
   *
   * The email is compared after NFKC normalisation and case folding.
   */
  registerUser: {"service":"user-authentication","method":"POST","path":"/register","access":"public","mediaType":"application/json","idempotent":true},
  /**
   * Exchange email and password for tokens.
   *
   * An unknown email and a wrong password give the same answer in the same time. Failures make the next attempt for
   * the account and from the address wait longer; nobody is locked out for good.
   */
  logIn: {"service":"user-authentication","method":"POST","path":"/login","access":"public","mediaType":"application/json"},
  /**
   * Read the caller's own account.
   *
   * What the services know of the caller, with the version that the next change must carry.
   */
  getProfile: {"service":"user-authentication","method":"GET","path":"/profile","access":"user"},
  /**
   * Change the caller's display name.
   *
   * A merge patch (RFC 7396) at the version that was read; what it leaves out stays as it is.
   */
  updateProfile: {"service":"user-authentication","method":"PATCH","path":"/profile","access":"user","mediaType":"application/merge-patch+json"},
  /**
   * Change the caller's password.
   *
   * Every session of the account ends; see `x-sensitive` for its access tokens.
   */
  changePassword: {"service":"user-authentication","method":"PUT","path":"/profile/password","access":"user","sensitive":true,"mediaType":"application/json"},
  /**
   * List the sessions of the caller's account, newest first.
   *
   * A session is a sign-in and all refresh tokens that came from it. Those that are over are not listed.
   */
  listSessions: {"service":"user-authentication","method":"GET","path":"/profile/sessions","access":"user","sensitive":true},
  /**
   * Log out everywhere.
   *
   * Every session of the account ends; see `x-sensitive` for its access tokens.
   */
  endAllSessions: {"service":"user-authentication","method":"DELETE","path":"/profile/sessions","access":"user","sensitive":true},
  /**
   * End one session of the caller's account.
   *
   * Its refresh tokens are revoked; see `x-sensitive` for its access token.
   */
  endSession: {"service":"user-authentication","method":"DELETE","path":"/profile/sessions/{sessionId}","access":"user","sensitive":true},
  /**
   * Have a mail sent that proves the caller's email.
   *
   * The mail holds a token that is good once, for a day. Registration sends one as well. If the email is verified already nothing is sent.
   */
  requestEmailVerification: {"service":"user-authentication","method":"POST","path":"/email-verification","access":"user"},
  /**
   * Prove an email by the token of a mail.
   *
   * A token works once, and for the email that it was sent to only.
   */
  confirmEmail: {"service":"user-authentication","method":"POST","path":"/email-verification/confirmation","access":"public","mediaType":"application/json"},
  /**
   * Have a mail sent that lets a password be set.
   *
   * The mail holds a token that is good once, for half an hour. The answer is the same, in the same time, whether there is such an account or
   * not. Each request for an email, and from an address, makes the next one wait longer after the first few.
   */
  requestPasswordReset: {"service":"user-authentication","method":"POST","path":"/password-reset","access":"public","mediaType":"application/json"},
  /**
   * Set a password by the token of a mail.
   *
   * Every session of the account ends, and so does every other token to set its password. Whoever has the mail has the email: it counts as
   * verified from then on.
   */
  resetPassword: {"service":"user-authentication","method":"POST","path":"/password-reset/confirmation","access":"public","mediaType":"application/json"},
  /**
   * Exchange a refresh token for new tokens.
   *
   * The refresh token is replaced each time. One that was replaced more than 10 seconds ago is taken for stolen: it
   * revokes every token of its family.
   */
  refreshTokens: {"service":"user-authentication","method":"POST","path":"/token/refresh","access":"public","mediaType":"application/json"},
  /**
   * Revoke a refresh token and its family.
   *
   * Answers the same whether the token was known or not.
   */
  logOut: {"service":"user-authentication","method":"POST","path":"/logout","access":"public","mediaType":"application/json"},
  /**
   * Issue a service token (client credentials).
   *
   * RFC 6749, 4.4, for services that call services. The client authenticates with HTTP Basic, or with `client_id`
   * and `client_secret` in the form, never both. Errors are RFC 6749's.
   */
  issueServiceToken: {"service":"user-authentication","method":"POST","path":"/token","access":"client","mediaType":"application/x-www-form-urlencoded"},
  /**
   * Revoke a refresh token and its family (RFC 7009).
   *
   * For clients of OAuth; `POST /logout` does the same. A token that is unknown or over is no error. An access token
   * can't be revoked: it ends by itself within five minutes. A client need not authenticate; if it does, it must be
   * who it says. Errors are RFC 6749's.
   */
  revokeToken: {"service":"user-authentication","method":"POST","path":"/token/revoke","access":"client","mediaType":"application/x-www-form-urlencoded"},
  /**
   * List accounts, newest first.
   *
   * For admins. A page goes on where the one before ended, however many accounts are made meanwhile.
   */
  listUsers: {"service":"user-authentication","method":"GET","path":"/users","access":"user","needs":["admin"],"sensitive":true},
  /**
   * Set the roles of an account.
   *
   * Every session of the account ends, so that a lost role ends within five minutes, and at once for operations with `x-sensitive`. The
   * last admin can't be demoted.
   */
  replaceUserRoles: {"service":"user-authentication","method":"PUT","path":"/users/{userId}/roles","access":"user","needs":["admin"],"sensitive":true,"mediaType":"application/json"},
  /**
   * List what was done to accounts, sessions and keys, newest first.
   *
   * Who did what to which account, when, and from where; sign-ins that were refused included. An event is written together with
   * what it tells of, and never changed or deleted.
   */
  listAuditEvents: {"service":"user-authentication","method":"GET","path":"/audit-events","access":"user","needs":["admin"],"sensitive":true},
  /**
   * The public keys that verify tokens.
   *
   * For services that verify tokens themselves. The next key is published before it signs, so a copy may be kept as long as `Cache-Control` says.
   */
  getJsonWebKeySet: {"service":"user-authentication","method":"GET","path":"/.well-known/jwks.json","access":"public"},
  /**
   * What this authorization server serves (RFC 8414).
   *
   * For clients of OAuth that configure themselves.
   */
  getAuthorizationServerMetadata: {"service":"user-authentication","method":"GET","path":"/.well-known/oauth-authorization-server","access":"public"},
  /**
   * Search and list products.
   *
   * Everybody sees active products. Drafts and archived products are listed for their owner and for admins when
   * `status` asks for them.
   */
  listProducts: {"service":"product-management","method":"GET","path":"/products","access":"optional"},
  /**
   * Create a product, owned by the caller.
   *
   * Its `stock` is the number of units to begin with; from then on stock is changed by adjustments and by sales only. Anybody who is
   * signed in can sell.
   */
  createProduct: {"service":"product-management","method":"POST","path":"/products","access":"user","mediaType":"application/json","idempotent":true},
  /**
   * Read a product.
   *
   * A draft or archived product is found by its owner and by admins only.
   */
  getProduct: {"service":"product-management","method":"GET","path":"/products/{productId}","access":"optional"},
  /**
   * Replace a product at the version that was read.
   *
   * For its owner and admins. If somebody else was faster, nothing is changed and the answer has the current version.
   */
  replaceProduct: {"service":"product-management","method":"PUT","path":"/products/{productId}","access":"user","mediaType":"application/json"},
  /**
   * Change some fields of a product at the version that was read.
   *
   * A merge patch (RFC 7396), for the owner of the product and admins. What it leaves out stays as it is.
   */
  updateProduct: {"service":"product-management","method":"PATCH","path":"/products/{productId}","access":"user","mediaType":"application/merge-patch+json"},
  /**
   * Delete a product.
   *
   * It can't be ordered any more. Orders that hold it keep their snapshot and their stock.
   */
  deleteProduct: {"service":"product-management","method":"DELETE","path":"/products/{productId}","access":"user"},
  /**
   * Read the stock of a product.
   *
   * Counts change with every sale and are never cached; of a product that the caller may not see there are none.
   */
  getProductStock: {"service":"product-management","method":"GET","path":"/products/{productId}/stock","access":"optional"},
  /**
   * Add or remove units of a product.
   *
   * A change with its reason, never a new total, so that sales going on are not lost.
   */
  adjustProductStock: {"service":"product-management","method":"POST","path":"/products/{productId}/stock/adjustments","access":"user","mediaType":"application/json","idempotent":true},
  /**
   * List what was done to products and their stock, newest first.
   *
   * As `listAuditEvents`. What orders do to the stock is told by the orders.
   */
  listProductAuditEvents: {"service":"product-management","method":"GET","path":"/product-audit-events","access":"user","needs":["admin"]},
  /**
   * Apply stock commands of orders (services only).
   *
   * Each command is idempotent by its order, revision and product, and refused after its `notAfter` by the clock of
   * the database. The results come in the order of the commands; one that fails does not stop the others.
   */
  applyStockCommands: {"service":"product-management","method":"POST","path":"/internal/stock-commands","access":"service","needs":["stock:write"],"mediaType":"application/json"},
  /**
   * Read the books of the stock (services only).
   *
   * The counts of products with what they should add up to, those of deleted products included that orders still hold:
   * by their ids, or all of them page by page in the order of their ids. The page after the last is empty.
   */
  auditStock: {"service":"product-management","method":"POST","path":"/internal/stock-audit","access":"service","needs":["stock:write"],"mediaType":"application/json"},
  /**
   * List orders, newest first.
   *
   * A customer's own orders; an admin's list has everybody's.
   */
  listOrders: {"service":"order-processing","method":"GET","path":"/orders","access":"user"},
  /**
   * Place an order.
   *
   * Takes the stock of every item or of none. If that can't be decided in time, the order is answered as `pending`
   * and decided in the background. Equal products are merged; all must have one currency.
   */
  createOrder: {"service":"order-processing","method":"POST","path":"/orders","access":"user","mediaType":"application/json","idempotent":true},
  /**
   * Read an order.
   *
   * For its customer and admins; for everybody else there is no such order.
   */
  getOrder: {"service":"order-processing","method":"GET","path":"/orders/{orderId}","access":"user"},
  /**
   * Replace the items and address of an order, or move its status.
   *
   * A confirmed order takes new items and a new address; the difference in stock is taken or given back, all or
   * nothing, at today's prices for what is added. Owner and admin cancel; only an admin fulfils. A pending order
   * can only be cancelled.
   */
  replaceOrder: {"service":"order-processing","method":"PUT","path":"/orders/{orderId}","access":"user","mediaType":"application/json"},
  /**
   * Delete an order.
   *
   * Cancels it if need be and gives its stock back (of a fulfilled order nothing), then takes it out of view.
   */
  deleteOrder: {"service":"order-processing","method":"DELETE","path":"/orders/{orderId}","access":"user"},
  /**
   * List what was done to orders, newest first.
   *
   * As `listAuditEvents`. Who placed an order, and when, is told by the order itself.
   */
  listOrderAuditEvents: {"service":"order-processing","method":"GET","path":"/order-audit-events","access":"user","needs":["admin"]},
} as const;

/** The fields that a caller may leave out because the contract has a default. */
export interface Defaults {
  registerUser: { query: never; body: never };
  logIn: { query: never; body: never };
  getProfile: { query: never; body: never };
  updateProfile: { query: never; body: never };
  changePassword: { query: never; body: never };
  listSessions: { query: "limit"; body: never };
  endAllSessions: { query: never; body: never };
  endSession: { query: never; body: never };
  requestEmailVerification: { query: never; body: never };
  confirmEmail: { query: never; body: never };
  requestPasswordReset: { query: never; body: never };
  resetPassword: { query: never; body: never };
  refreshTokens: { query: never; body: never };
  logOut: { query: never; body: never };
  issueServiceToken: { query: never; body: never };
  revokeToken: { query: never; body: never };
  listUsers: { query: "limit"; body: never };
  replaceUserRoles: { query: never; body: never };
  listAuditEvents: { query: "limit"; body: never };
  getJsonWebKeySet: { query: never; body: never };
  getAuthorizationServerMetadata: { query: never; body: never };
  listProducts: { query: "status" | "sort" | "limit"; body: never };
  createProduct: { query: never; body: "description" | "status" | "tags" | "stock" };
  getProduct: { query: never; body: never };
  replaceProduct: { query: never; body: never };
  updateProduct: { query: never; body: never };
  deleteProduct: { query: never; body: never };
  getProductStock: { query: never; body: never };
  adjustProductStock: { query: never; body: never };
  listProductAuditEvents: { query: "limit"; body: never };
  applyStockCommands: { query: never; body: never };
  auditStock: { query: never; body: "limit" };
  listOrders: { query: "limit"; body: never };
  createOrder: { query: never; body: never };
  getOrder: { query: never; body: never };
  replaceOrder: { query: never; body: never };
  deleteOrder: { query: never; body: never };
  listOrderAuditEvents: { query: "limit"; body: never };
}
