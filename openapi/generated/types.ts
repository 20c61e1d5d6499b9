// Written by generate.ts from openapi.yaml: change that and run `bun run generate`.

export interface paths {
    "/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create an account
         * @description The email is compared after NFKC normalisation and case folding.
         */
        post: operations["registerUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange email and password for tokens
         * @description An unknown email and a wrong password give the same answer in the same time. Failures make the next attempt for
         *     the account and from the address wait longer; nobody is locked out for good.
         */
        post: operations["logIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the caller's own account
         * @description What the services know of the caller, with the version that the next change must carry.
         */
        get: operations["getProfile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the caller's display name
         * @description A merge patch (RFC 7396) at the version that was read; what it leaves out stays as it is.
         */
        patch: operations["updateProfile"];
        trace?: never;
    };
    "/profile/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change the caller's password
         * @description Every session of the account ends; see `x-sensitive` for its access tokens.
         */
        put: operations["changePassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/profile/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the sessions of the caller's account, newest first
         * @description A session is a sign-in and all refresh tokens that came from it. Those that are over are not listed.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        /**
         * Log out everywhere
         * @description Every session of the account ends; see `x-sensitive` for its access tokens.
         */
        delete: operations["endAllSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/profile/sessions/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The session's id. */
                sessionId: components["parameters"]["SessionId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one session of the caller's account
         * @description Its refresh tokens are revoked; see `x-sensitive` for its access token.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/email-verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have a mail sent that proves the caller's email
         * @description The mail holds a token that is good once, for a day. Registration sends one as well. If the email is verified already nothing is sent.
         */
        post: operations["requestEmailVerification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/email-verification/confirmation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prove an email by the token of a mail
         * @description A token works once, and for the email that it was sent to only.
         */
        post: operations["confirmEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have a mail sent that lets a password be set
         * @description The mail holds a token that is good once, for half an hour. The answer is the same, in the same time, whether there is such an account or
         *     not. Each request for an email, and from an address, makes the next one wait longer after the first few.
         */
        post: operations["requestPasswordReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/password-reset/confirmation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a password by the token of a mail
         * @description Every session of the account ends, and so does every other token to set its password. Whoever has the mail has the email: it counts as
         *     verified from then on.
         */
        post: operations["resetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/token/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange a refresh token for new tokens
         * @description The refresh token is replaced each time. One that was replaced more than 10 seconds ago is taken for stolen: it
         *     revokes every token of its family.
         */
        post: operations["refreshTokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke a refresh token and its family
         * @description Answers the same whether the token was known or not.
         */
        post: operations["logOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Issue a service token (client credentials)
         * @description RFC 6749, 4.4, for services that call services. The client authenticates with HTTP Basic, or with `client_id`
         *     and `client_secret` in the form, never both. Errors are RFC 6749's.
         */
        post: operations["issueServiceToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/token/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke a refresh token and its family (RFC 7009)
         * @description For clients of OAuth; `POST /logout` does the same. A token that is unknown or over is no error. An access token
         *     can't be revoked: it ends by itself within five minutes. A client need not authenticate; if it does, it must be
         *     who it says. Errors are RFC 6749's.
         */
        post: operations["revokeToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List accounts, newest first
         * @description For admins. A page goes on where the one before ended, however many accounts are made meanwhile.
         */
        get: operations["listUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{userId}/roles": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The account's id. */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        get?: never;
        /**
         * Set the roles of an account
         * @description Every session of the account ends, so that a lost role ends within five minutes, and at once for operations with `x-sensitive`. The
         *     last admin can't be demoted.
         */
        put: operations["replaceUserRoles"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was done to accounts, sessions and keys, newest first
         * @description Who did what to which account, when, and from where; sign-ins that were refused included. An event is written together with
         *     what it tells of, and never changed or deleted.
         */
        get: operations["listAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The public keys that verify tokens
         * @description For services that verify tokens themselves. The next key is published before it signs, so a copy may be kept as long as `Cache-Control` says.
         */
        get: operations["getJsonWebKeySet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/oauth-authorization-server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What this authorization server serves (RFC 8414)
         * @description For clients of OAuth that configure themselves.
         */
        get: operations["getAuthorizationServerMetadata"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search and list products
         * @description Everybody sees active products. Drafts and archived products are listed for their owner and for admins when
         *     `status` asks for them.
         */
        get: operations["listProducts"];
        put?: never;
        /**
         * Create a product, owned by the caller
         * @description Its `stock` is the number of units to begin with; from then on stock is changed by adjustments and by sales only. Anybody who is
         *     signed in can sell.
         */
        post: operations["createProduct"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/{productId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The product's id. */
                productId: components["parameters"]["ProductId"];
            };
            cookie?: never;
        };
        /**
         * Read a product
         * @description A draft or archived product is found by its owner and by admins only.
         */
        get: operations["getProduct"];
        /**
         * Replace a product at the version that was read
         * @description For its owner and admins. If somebody else was faster, nothing is changed and the answer has the current version.
         */
        put: operations["replaceProduct"];
        post?: never;
        /**
         * Delete a product
         * @description It can't be ordered any more. Orders that hold it keep their snapshot and their stock.
         */
        delete: operations["deleteProduct"];
        options?: never;
        head?: never;
        /**
         * Change some fields of a product at the version that was read
         * @description A merge patch (RFC 7396), for the owner of the product and admins. What it leaves out stays as it is.
         */
        patch: operations["updateProduct"];
        trace?: never;
    };
    "/products/{productId}/stock": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The product's id. */
                productId: components["parameters"]["ProductId"];
            };
            cookie?: never;
        };
        /**
         * Read the stock of a product
         * @description Counts change with every sale and are never cached; of a product that the caller may not see there are none.
         */
        get: operations["getProductStock"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/{productId}/stock/adjustments": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The product's id. */
                productId: components["parameters"]["ProductId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add or remove units of a product
         * @description A change with its reason, never a new total, so that sales going on are not lost.
         */
        post: operations["adjustProductStock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/product-audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was done to products and their stock, newest first
         * @description As `listAuditEvents`. What orders do to the stock is told by the orders.
         */
        get: operations["listProductAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/stock-commands": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Apply stock commands of orders (services only)
         * @description Each command is idempotent by its order, revision and product, and refused after its `notAfter` by the clock of
         *     the database. The results come in the order of the commands; one that fails does not stop the others.
         */
        post: operations["applyStockCommands"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/stock-audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read the books of the stock (services only)
         * @description The counts of products with what they should add up to, those of deleted products included that orders still hold:
         *     by their ids, or all of them page by page in the order of their ids. The page after the last is empty.
         */
        post: operations["auditStock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List orders, newest first
         * @description A customer's own orders; an admin's list has everybody's.
         */
        get: operations["listOrders"];
        put?: never;
        /**
         * Place an order
         * @description Takes the stock of every item or of none. If that can't be decided in time, the order is answered as `pending`
         *     and decided in the background. Equal products are merged; all must have one currency.
         */
        post: operations["createOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{orderId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order's id. */
                orderId: components["parameters"]["OrderId"];
            };
            cookie?: never;
        };
        /**
         * Read an order
         * @description For its customer and admins; for everybody else there is no such order.
         */
        get: operations["getOrder"];
        /**
         * Replace the items and address of an order, or move its status
         * @description A confirmed order takes new items and a new address; the difference in stock is taken or given back, all or
         *     nothing, at today's prices for what is added. Owner and admin cancel; only an admin fulfils. A pending order
         *     can only be cancelled.
         */
        put: operations["replaceOrder"];
        post?: never;
        /**
         * Delete an order
         * @description Cancels it if need be and gives its stock back (of a fulfilled order nothing), then takes it out of view.
         */
        delete: operations["deleteOrder"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/order-audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was done to orders, newest first
         * @description As `listAuditEvents`. Who placed an order, and when, is told by the order itself.
         */
        get: operations["listOrderAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    "order.confirmed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An order was confirmed, or edited
         * @description Its stock is taken. Told again, with a higher version, when the contents of the confirmed order change.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "specversion": "1.0",
                     *       "id": "019a0d33-0000-7000-8000-000000000001-2",
                     *       "source": "/order-processing",
                     *       "type": "order.confirmed",
                     *       "subject": "019a0d33-0000-7000-8000-000000000001",
                     *       "time": "2026-11-23T10:20:30.456Z",
                     *       "datacontenttype": "application/json",
                     *       "data": {
                     *         "id": "019a0d33-0000-7000-8000-000000000001",
                     *         "number": "TP-000001",
                     *         "customerId": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11",
                     *         "status": "confirmed",
                     *         "items": [
                     *           {
                     *             "productId": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                     *             "quantity": 2
                     *           }
                     *         ],
                     *         "total": {
                     *           "amount": 9800,
                     *           "currency": "USD"
                     *         },
                     *         "version": 2
                     *       }
                     *     }
                     */
                    "application/cloudevents+json": components["schemas"]["OrderEventConfirmed"];
                };
            };
            responses: {
                /** @description Nothing is waited for: the event is on the stream, and each consumer acknowledges its own copy. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "order.rejected": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An order was rejected
         * @description Something of it could not be had; it holds no stock.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "specversion": "1.0",
                     *       "id": "019a0d33-0000-7000-8000-000000000001-2",
                     *       "source": "/order-processing",
                     *       "type": "order.rejected",
                     *       "subject": "019a0d33-0000-7000-8000-000000000001",
                     *       "time": "2026-11-23T10:20:30.456Z",
                     *       "datacontenttype": "application/json",
                     *       "data": {
                     *         "id": "019a0d33-0000-7000-8000-000000000001",
                     *         "number": "TP-000001",
                     *         "customerId": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11",
                     *         "status": "rejected",
                     *         "items": [
                     *           {
                     *             "productId": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                     *             "quantity": 2
                     *           }
                     *         ],
                     *         "total": null,
                     *         "version": 2
                     *       }
                     *     }
                     */
                    "application/cloudevents+json": components["schemas"]["OrderEventRejected"];
                };
            };
            responses: {
                /** @description Nothing is waited for: the event is on the stream, and each consumer acknowledges its own copy. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "order.fulfilled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An order was fulfilled
         * @description The goods are on their way: the order does not change any more.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "specversion": "1.0",
                     *       "id": "019a0d33-0000-7000-8000-000000000001-3",
                     *       "source": "/order-processing",
                     *       "type": "order.fulfilled",
                     *       "subject": "019a0d33-0000-7000-8000-000000000001",
                     *       "time": "2026-11-23T12:00:00.000Z",
                     *       "datacontenttype": "application/json",
                     *       "data": {
                     *         "id": "019a0d33-0000-7000-8000-000000000001",
                     *         "number": "TP-000001",
                     *         "customerId": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11",
                     *         "status": "fulfilled",
                     *         "items": [
                     *           {
                     *             "productId": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                     *             "quantity": 2
                     *           }
                     *         ],
                     *         "total": {
                     *           "amount": 9800,
                     *           "currency": "USD"
                     *         },
                     *         "version": 3
                     *       }
                     *     }
                     */
                    "application/cloudevents+json": components["schemas"]["OrderEventFulfilled"];
                };
            };
            responses: {
                /** @description Nothing is waited for: the event is on the stream, and each consumer acknowledges its own copy. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "order.cancelled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An order was cancelled
         * @description Its stock is given back. The total is null if it was cancelled before it was confirmed.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    /**
                     * @example {
                     *       "specversion": "1.0",
                     *       "id": "019a0d33-0000-7000-8000-000000000001-3",
                     *       "source": "/order-processing",
                     *       "type": "order.cancelled",
                     *       "subject": "019a0d33-0000-7000-8000-000000000001",
                     *       "time": "2026-11-23T12:00:00.000Z",
                     *       "datacontenttype": "application/json",
                     *       "data": {
                     *         "id": "019a0d33-0000-7000-8000-000000000001",
                     *         "number": "TP-000001",
                     *         "customerId": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11",
                     *         "status": "cancelled",
                     *         "items": [
                     *           {
                     *             "productId": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                     *             "quantity": 2
                     *           }
                     *         ],
                     *         "total": {
                     *           "amount": 9800,
                     *           "currency": "USD"
                     *         },
                     *         "version": 3
                     *       }
                     *     }
                     */
                    "application/cloudevents+json": components["schemas"]["OrderEventCancelled"];
                };
            };
            responses: {
                /** @description Nothing is waited for: the event is on the stream, and each consumer acknowledges its own copy. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        /**
         * Format: uuid
         * @description A UUIDv7, made by the server (RFC 9562).
         */
        Id: string;
        /**
         * Format: date-time
         * @description RFC 3339, UTC.
         */
        Timestamp: string;
        /** @description One more with each edit. */
        Version: number;
        /** @description A version in double quotes. */
        StrongETag: string;
        /** @description Minor units of the currency. */
        Amount: number;
        /**
         * @description ISO 4217, such as USD.
         * @example USD
         */
        Currency: string;
        /**
         * @description An amount of one currency.
         * @example {
         *       "amount": 1999,
         *       "currency": "USD"
         *     }
         */
        Money: {
            amount: components["schemas"]["Amount"];
            currency: components["schemas"]["Currency"];
        };
        /** @description What to send as `cursor` for the next page; null on the last one. */
        NextCursor: string | null;
        /**
         * Format: email
         * @description Unique after NFKC and case folding; no control, bidi or zero-width characters.
         * @example ada@example.com
         */
        Email: string;
        /** @description 15 to 128 characters of any kind; passwords known to be common are refused (NIST SP 800-63B-4). */
        Password: string;
        /** @description No control characters, no line breaks. */
        DisplayName: string;
        /** @enum {string} */
        Role: "customer" | "admin";
        /** @description An account. */
        User: {
            id: components["schemas"]["Id"];
            email: components["schemas"]["Email"];
            /** @description Whether somebody who reads mails to it has said so. */
            emailVerified: boolean;
            displayName: components["schemas"]["DisplayName"];
            roles: components["schemas"]["Role"][];
            version: components["schemas"]["Version"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
        };
        /** @description A page of accounts. */
        UserPage: {
            items: components["schemas"]["User"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /** @description A sign-in and all refresh tokens that came from it. */
        Session: {
            id: components["schemas"]["Id"];
            /** @description What the client called itself, as far as it can be shown. */
            client: string | null;
            createdAt: components["schemas"]["Timestamp"];
            lastUsedAt: components["schemas"]["Timestamp"];
            expiresAt: components["schemas"]["Timestamp"];
        };
        /** @description A page of sessions. */
        SessionPage: {
            items: components["schemas"]["Session"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /** @description A new account. */
        Registration: {
            email: components["schemas"]["Email"];
            password: components["schemas"]["Password"];
            displayName: components["schemas"]["DisplayName"];
        };
        /** @description What an account signs in with. */
        Credentials: {
            email: string;
            password: string;
        };
        /** @description Changes of the caller's account (RFC 7396). */
        ProfilePatch: {
            version: components["schemas"]["Version"];
            displayName?: components["schemas"]["DisplayName"];
        };
        /** @description The password as it is and as it shall be. */
        PasswordChange: {
            currentPassword: string;
            newPassword: components["schemas"]["Password"];
        };
        /** @description What the mail has. It is good once. */
        MailToken: string;
        /** @description What proves an email. */
        EmailConfirmation: {
            token: components["schemas"]["MailToken"];
        };
        /** @description Whose password shall be set. */
        PasswordResetRequest: {
            email: string;
        };
        /** @description What lets a password be set, and the password. */
        PasswordReset: {
            token: components["schemas"]["MailToken"];
            newPassword: components["schemas"]["Password"];
        };
        /** @description The roles an account shall have. */
        RolesReplacement: {
            version: components["schemas"]["Version"];
            roles: components["schemas"]["Role"][];
        };
        /** @description A refresh token. */
        RefreshToken: {
            refresh_token: string;
        };
        /** @description An access token and the refresh token that renews it (RFC 6749, 5.1). */
        Tokens: {
            /** @description An EdDSA `at+jwt` (RFC 9068). */
            access_token: string;
            /** @constant */
            token_type: "Bearer";
            /** @description Seconds. */
            expires_in: number;
            refresh_token: string;
        };
        /** @description A client credentials request (RFC 6749, 4.4.2). Other parameters are ignored (RFC 6749, 3.2). */
        ClientCredentials: {
            grant_type: string;
            client_id?: string;
            client_secret?: string;
            scope?: string;
        };
        /** @description A token that shall not work any more (RFC 7009, 2.1). Other parameters are ignored (RFC 6749, 3.2). */
        TokenRevocation: {
            token: string;
            token_type_hint?: string;
            client_id?: string;
            client_secret?: string;
        };
        /** @description A service token (RFC 6749, 4.4.3). */
        ServiceToken: {
            access_token: string;
            /** @constant */
            token_type: "Bearer";
            /** @description Seconds. */
            expires_in: number;
            scope: string;
        };
        /** @description An error as RFC 6749, 5.2 has it. */
        OAuthError: {
            /** @enum {string} */
            error: "invalid_request" | "invalid_client" | "unauthorized_client" | "unsupported_grant_type" | "invalid_scope" | "unsupported_token_type";
            error_description?: string;
        };
        /** @description A public Ed25519 key (RFC 8037). */
        JsonWebKey: {
            /** @constant */
            kty: "OKP";
            /** @constant */
            crv: "Ed25519";
            /** @constant */
            use: "sig";
            /** @constant */
            alg: "EdDSA";
            kid: string;
            x: string;
        };
        /** @description The keys that verify tokens. */
        JsonWebKeySet: {
            keys: components["schemas"]["JsonWebKey"][];
        };
        /** @description RFC 8414, 2. */
        AuthorizationServerMetadata: {
            /** Format: uri */
            issuer: string;
            /** Format: uri */
            token_endpoint: string;
            /** Format: uri */
            jwks_uri: string;
            grant_types_supported: string[];
            response_types_supported: string[];
            scopes_supported: string[];
            token_endpoint_auth_methods_supported: string[];
            /** Format: uri */
            revocation_endpoint: string;
            revocation_endpoint_auth_methods_supported: string[];
        };
        /**
         * @description What was done. `refused` tells of an attempt.
         * @enum {string}
         */
        AuditAction: "user-registered" | "profile-updated" | "roles-replaced" | "password-changed" | "password-change-refused" | "password-reset-requested" | "password-reset" | "email-verified" | "signed-in" | "sign-in-refused" | "session-ended" | "all-sessions-ended" | "refresh-token-reused" | "signing-key-rotated" | "signing-key-withdrawn" | "product-created" | "product-edited" | "product-deleted" | "stock-adjusted" | "order-edit-begun" | "order-moved" | "order-deleted";
        /** @description Who did what to which account or resource, when, and from where. */
        AuditEvent: {
            id: components["schemas"]["Id"];
            at: components["schemas"]["Timestamp"];
            action: components["schemas"]["AuditAction"];
            /** @description Who did it. Of somebody who has not signed in there is no id. */
            actor: {
                /** @enum {string} */
                kind: "user" | "service" | "anonymous" | "operator";
                id: string | null;
            };
            /** @description What it was done to. Of an account that does not exist there is no id. */
            target: {
                /** @enum {string} */
                kind: "user" | "signing-key" | "product" | "order";
                id: string | null;
            };
            /** @description Where the request came from. What an operator does on the machine itself has no address. */
            source: {
                address: string;
                /** @description As far as it can be shown. */
                userAgent: string | null;
            };
            /** @description The `X-Request-Id` of the response. */
            requestId: string;
            /** @description What else there is to tell, such as the roles that an account has now. Never a secret. */
            details: {
                [key: string]: string;
            };
        };
        /** @description A page of events. */
        AuditEventPage: {
            items: components["schemas"]["AuditEvent"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /**
         * @description Unique among products.
         * @example LAMP-1
         */
        Sku: string;
        /** @description Not blank, no control characters. */
        ProductName: string;
        ProductDescription: string;
        /** @enum {string} */
        ProductStatus: "draft" | "active" | "archived";
        Tag: string;
        Tags: components["schemas"]["Tag"][];
        Units: number;
        /** @description Something that is sold. */
        Product: {
            id: components["schemas"]["Id"];
            sku: components["schemas"]["Sku"];
            name: components["schemas"]["ProductName"];
            description: components["schemas"]["ProductDescription"];
            price: components["schemas"]["Money"];
            status: components["schemas"]["ProductStatus"];
            tags: components["schemas"]["Tags"];
            ownerId: components["schemas"]["Id"];
            version: components["schemas"]["Version"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            /** @description Only with `expand=stock`. */
            stock?: components["schemas"]["Stock"];
        };
        /** @description A page of products. */
        ProductPage: {
            items: components["schemas"]["Product"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /** @description A new product. */
        ProductCreation: {
            sku: components["schemas"]["Sku"];
            name: components["schemas"]["ProductName"];
            /** @default  */
            description: components["schemas"]["ProductDescription"];
            price: components["schemas"]["Money"];
            /** @default active */
            status: components["schemas"]["ProductStatus"];
            /** @default [] */
            tags: components["schemas"]["Tags"];
            /**
             * @description Units available at the start.
             * @default 0
             */
            stock: components["schemas"]["Units"];
        };
        /** @description All that can be edited, and the version that was read. */
        ProductReplacement: {
            version: components["schemas"]["Version"];
            sku: components["schemas"]["Sku"];
            name: components["schemas"]["ProductName"];
            description: components["schemas"]["ProductDescription"];
            price: components["schemas"]["Money"];
            status: components["schemas"]["ProductStatus"];
            tags: components["schemas"]["Tags"];
        };
        /** @description What changes, and the version that was read (RFC 7396). No field of a product can be removed, so null is refused. */
        ProductPatch: {
            version: components["schemas"]["Version"];
            sku?: components["schemas"]["Sku"];
            name?: components["schemas"]["ProductName"];
            description?: components["schemas"]["ProductDescription"];
            price?: {
                amount?: components["schemas"]["Amount"];
                currency?: components["schemas"]["Currency"];
            };
            status?: components["schemas"]["ProductStatus"];
            tags?: components["schemas"]["Tags"];
        };
        /** @description Units of a product. Sales change these counts, never the product's version. */
        Stock: {
            productId: components["schemas"]["Id"];
            /** @description Can be bought now. */
            available: number;
            /** @description Held by orders that are being decided. */
            reserved: number;
            /** @description Held by confirmed and fulfilled orders. */
            sold: number;
            /** @description One more with each change of the counts. */
            sequence: number;
        };
        /** @description Units to add (positive) or to remove (negative), and why. */
        StockChange: {
            delta: number;
            reason: components["schemas"]["StockChangeReason"];
            note?: string;
        };
        /** @enum {string} */
        StockChangeReason: "received" | "returned" | "damaged" | "lost" | "correction";
        /** @description An adjustment that was made, and the counts right after it. */
        StockAdjustment: {
            id: components["schemas"]["Id"];
            productId: components["schemas"]["Id"];
            delta: number;
            reason: components["schemas"]["StockChangeReason"];
            note?: string;
            createdAt: components["schemas"]["Timestamp"];
            stock: components["schemas"]["Stock"];
        };
        /** @description One command about the stock of one product for one revision of an order. */
        StockCommand: {
            /** @enum {string} */
            command: "reserve" | "consume" | "release" | "restock" | "purge";
            orderId: components["schemas"]["Id"];
            /** @description 1 places the order, each edit and the cancellation is the next. */
            revision: number;
            productId: components["schemas"]["Id"];
            quantity: number;
            notAfter: components["schemas"]["Timestamp"];
        };
        /** @description Commands, applied in their order. */
        StockCommandBatch: {
            commands: components["schemas"]["StockCommand"][];
        };
        /**
         * @description `done`: it holds, now or already. `out-of-stock`, `not-sellable`, `unknown-product`, `gone` (released before):
         *     a reservation was refused. `mismatch`: the key is known with another quantity, or what it stands for does not go
         *     with the command (a release of what was consumed, a purge of what is held). `expired`: past `notAfter`, nothing
         *     was done. `missing`: there was nothing to consume, or not as many units sold as should be restocked.
         */
        StockCommandResult: {
            /** @enum {string} */
            outcome: "done" | "out-of-stock" | "not-sellable" | "unknown-product" | "gone" | "mismatch" | "expired" | "missing";
            /** @description With `out-of-stock`: the units that could be had. */
            available?: number;
            /** @description With a `reserve` that is done. */
            snapshot?: components["schemas"]["ProductSnapshot"];
        };
        /** @description A result for each command, in the same order. */
        StockCommandResults: {
            results: components["schemas"]["StockCommandResult"][];
        };
        /** @description Which products to audit. */
        StockAudit: {
            productIds?: components["schemas"]["Id"][];
            /** @description The last one of the page before. */
            afterProductId?: components["schemas"]["Id"];
            /** @default 100 */
            limit: number;
        };
        /** @description The units of a product. If the books are right, available + reserved + sold is `adjusted`, and reserved what is held. */
        StockBooks: {
            productId: components["schemas"]["Id"];
            available: number;
            reserved: number;
            sold: number;
            /** @description One more with each change. */
            sequence: number;
            /** @description The units it began with, and all adjustments since. */
            adjusted: number;
            held: components["schemas"]["StockHold"][];
        };
        /** @description Units that are reserved for an order. */
        StockHold: {
            orderId: components["schemas"]["Id"];
            revision: number;
            quantity: number;
            notAfter: components["schemas"]["Timestamp"];
        };
        /** @description The books of some products, by product id. */
        StockBooksPage: {
            items: components["schemas"]["StockBooks"][];
        };
        /** @description What an order keeps of a product. */
        ProductSnapshot: {
            productId: components["schemas"]["Id"];
            sku: string;
            name: string;
            unitPrice: components["schemas"]["Money"];
        };
        /** @enum {string} */
        OrderStatus: "pending" | "confirmed" | "fulfilled" | "rejected" | "cancelled";
        /** @description Where the goods go. */
        ShippingAddress: {
            name: components["schemas"]["AddressLine"];
            line1: components["schemas"]["AddressLine"];
            line2?: components["schemas"]["AddressLine"];
            city: components["schemas"]["AddressLine"];
            region?: components["schemas"]["AddressLine"];
            postalCode: string;
            /** @description ISO 3166-1 alpha-2, such as GB. */
            country: string;
        };
        AddressLine: string;
        /** @description A product and how many units of it. */
        OrderedItem: {
            productId: components["schemas"]["Id"];
            quantity: components["schemas"]["Quantity"];
        };
        Quantity: number;
        OrderedItems: components["schemas"]["OrderedItem"][];
        /** @description A product as it was when it was ordered. While the order is pending its sku, name and prices are null. */
        OrderItem: {
            productId: components["schemas"]["Id"];
            sku: string | null;
            name: string | null;
            quantity: number;
            unitPrice: components["schemas"]["NullableMoney"];
            lineTotal: components["schemas"]["NullableMoney"];
        };
        NullableMoney: components["schemas"]["Money"] | null;
        /** @description When an order came to a status. */
        StatusChange: {
            status: components["schemas"]["OrderStatus"];
            at: components["schemas"]["Timestamp"];
        };
        /** @description What a customer bought. */
        Order: {
            id: components["schemas"]["Id"];
            /** @description For people to read and say. */
            number: string;
            customerId: components["schemas"]["Id"];
            status: components["schemas"]["OrderStatus"];
            items: components["schemas"]["OrderItem"][];
            total: components["schemas"]["NullableMoney"];
            shippingAddress: components["schemas"]["ShippingAddress"];
            version: components["schemas"]["Version"];
            createdAt: components["schemas"]["Timestamp"];
            updatedAt: components["schemas"]["Timestamp"];
            statusHistory: components["schemas"]["StatusChange"][];
        };
        /** @description A page of orders. */
        OrderPage: {
            items: components["schemas"]["Order"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /** @description A new order. */
        OrderCreation: {
            items: components["schemas"]["OrderedItems"];
            shippingAddress: components["schemas"]["ShippingAddress"];
        };
        /** @description New contents, or a new status; and the version that was read. */
        OrderReplacement: components["schemas"]["OrderContents"] | components["schemas"]["OrderMove"];
        /** @description What a confirmed order shall have instead. */
        OrderContents: {
            version: components["schemas"]["Version"];
            items: components["schemas"]["OrderedItems"];
            shippingAddress: components["schemas"]["ShippingAddress"];
        };
        /** @description The status an order shall have. */
        OrderMove: {
            version: components["schemas"]["Version"];
            /** @enum {string} */
            status: "cancelled" | "fulfilled";
        };
        /** @description What became of an order, as a CloudEvents 1.0 message; told apart by `type`. */
        OrderEvent: components["schemas"]["OrderEventConfirmed"] | components["schemas"]["OrderEventRejected"] | components["schemas"]["OrderEventFulfilled"] | components["schemas"]["OrderEventCancelled"];
        /** @description The order and its version. An event may be told more than once, always with the same id. */
        OrderEventId: string;
        /** @description A product and how many units of it. */
        OrderEventItem: {
            productId: components["schemas"]["Id"];
            quantity: number;
        };
        /** @description An order that is sold. Without its address; whoever may see that can read the order. */
        OrderEventSale: {
            id: components["schemas"]["Id"];
            number: string;
            customerId: components["schemas"]["Id"];
            /** @enum {string} */
            status: "confirmed" | "fulfilled";
            items: components["schemas"]["OrderEventItem"][];
            total: components["schemas"]["Money"];
            version: components["schemas"]["Version"];
        };
        /** @description An order that comes to nothing. Its total is null if it was never confirmed. */
        OrderEventRefusal: {
            id: components["schemas"]["Id"];
            number: string;
            customerId: components["schemas"]["Id"];
            /** @enum {string} */
            status: "rejected" | "cancelled";
            items: components["schemas"]["OrderEventItem"][];
            total: components["schemas"]["NullableMoney"];
            version: components["schemas"]["Version"];
        };
        /** @description The order is confirmed; with a higher version, its contents changed. */
        OrderEventConfirmed: {
            /** @constant */
            specversion: "1.0";
            id: components["schemas"]["OrderEventId"];
            /** @constant */
            source: "/order-processing";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "order.confirmed";
            subject: components["schemas"]["Id"];
            time: components["schemas"]["Timestamp"];
            /** @constant */
            datacontenttype: "application/json";
            data: components["schemas"]["OrderEventSale"];
        };
        /** @description The order is rejected. */
        OrderEventRejected: {
            /** @constant */
            specversion: "1.0";
            id: components["schemas"]["OrderEventId"];
            /** @constant */
            source: "/order-processing";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "order.rejected";
            subject: components["schemas"]["Id"];
            time: components["schemas"]["Timestamp"];
            /** @constant */
            datacontenttype: "application/json";
            data: components["schemas"]["OrderEventRefusal"];
        };
        /** @description The order is fulfilled. */
        OrderEventFulfilled: {
            /** @constant */
            specversion: "1.0";
            id: components["schemas"]["OrderEventId"];
            /** @constant */
            source: "/order-processing";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "order.fulfilled";
            subject: components["schemas"]["Id"];
            time: components["schemas"]["Timestamp"];
            /** @constant */
            datacontenttype: "application/json";
            data: components["schemas"]["OrderEventSale"];
        };
        /** @description The order is cancelled. */
        OrderEventCancelled: {
            /** @constant */
            specversion: "1.0";
            id: components["schemas"]["OrderEventId"];
            /** @constant */
            source: "/order-processing";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "order.cancelled";
            subject: components["schemas"]["Id"];
            time: components["schemas"]["Timestamp"];
            /** @constant */
            datacontenttype: "application/json";
            data: components["schemas"]["OrderEventRefusal"];
        };
        /** @description One place where the request does not match the contract. */
        RequestFault: {
            /** @enum {string} */
            in: "body" | "query" | "path" | "header";
            /** @description A JSON Pointer as URI fragment, such as `#/items/0/quantity`. */
            pointer: string;
            /** @description What is wrong; never the value that was sent. */
            detail: string;
        };
        /** @description A product of which too few units are available. */
        Shortage: {
            productId: components["schemas"]["Id"];
            requested: number;
            available: number;
        };
        /** @description Every error there is (RFC 9457), told apart by `code`. */
        Problem: components["schemas"]["InvalidRequestProblem"] | components["schemas"]["MixedCurrencyProblem"] | components["schemas"]["UnauthorizedProblem"] | components["schemas"]["InvalidCredentialsProblem"] | components["schemas"]["InvalidRefreshTokenProblem"] | components["schemas"]["ForbiddenProblem"] | components["schemas"]["IncorrectPasswordProblem"] | components["schemas"]["InvalidMailTokenProblem"] | components["schemas"]["NotFoundProblem"] | components["schemas"]["MethodNotAllowedProblem"] | components["schemas"]["VersionConflictProblem"] | components["schemas"]["EmailTakenProblem"] | components["schemas"]["LastAdminProblem"] | components["schemas"]["SkuTakenProblem"] | components["schemas"]["InsufficientStockProblem"] | components["schemas"]["OutOfStockProblem"] | components["schemas"]["ProductUnavailableProblem"] | components["schemas"]["InvalidTransitionProblem"] | components["schemas"]["OrderPendingProblem"] | components["schemas"]["OrderCancelledProblem"] | components["schemas"]["EditInProgressProblem"] | components["schemas"]["RequestInProgressProblem"] | components["schemas"]["PreconditionFailedProblem"] | components["schemas"]["ContentTooLargeProblem"] | components["schemas"]["UnsupportedMediaTypeProblem"] | components["schemas"]["IdempotencyKeyReusedProblem"] | components["schemas"]["TooManyRequestsProblem"] | components["schemas"]["InternalErrorProblem"] | components["schemas"]["ServiceUnavailableProblem"];
        /** @description The request does not match the contract. */
        InvalidRequestProblem: {
            /** @constant */
            type: "/problems/invalid-request";
            /** @constant */
            title: "Invalid request";
            /** @constant */
            status: 400;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "invalid-request";
            errors: components["schemas"]["RequestFault"][];
        };
        /** @description The products of an order have more than one currency. */
        MixedCurrencyProblem: {
            /** @constant */
            type: "/problems/mixed-currency";
            /** @constant */
            title: "Mixed currency";
            /** @constant */
            status: 400;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "mixed-currency";
        };
        /** @description There is no token, or it is not valid here. */
        UnauthorizedProblem: {
            /** @constant */
            type: "/problems/unauthorized";
            /** @constant */
            title: "Unauthorized";
            /** @constant */
            status: 401;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "unauthorized";
        };
        /** @description The email is unknown or the password is wrong. */
        InvalidCredentialsProblem: {
            /** @constant */
            type: "/problems/invalid-credentials";
            /** @constant */
            title: "Invalid credentials";
            /** @constant */
            status: 401;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "invalid-credentials";
        };
        /** @description The refresh token is unknown, expired, revoked or used again. */
        InvalidRefreshTokenProblem: {
            /** @constant */
            type: "/problems/invalid-refresh-token";
            /** @constant */
            title: "Invalid refresh token";
            /** @constant */
            status: 401;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "invalid-refresh-token";
        };
        /** @description The caller may not do this. */
        ForbiddenProblem: {
            /** @constant */
            type: "/problems/forbidden";
            /** @constant */
            title: "Forbidden";
            /** @constant */
            status: 403;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "forbidden";
        };
        /** @description The current password is wrong. */
        IncorrectPasswordProblem: {
            /** @constant */
            type: "/problems/incorrect-password";
            /** @constant */
            title: "Incorrect password";
            /** @constant */
            status: 403;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "incorrect-password";
        };
        /** @description The token of the mail is unknown, too old, or was used before. */
        InvalidMailTokenProblem: {
            /** @constant */
            type: "/problems/invalid-mail-token";
            /** @constant */
            title: "Invalid mail token";
            /** @constant */
            status: 403;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "invalid-mail-token";
        };
        /** @description There is no such resource, or it is not for the caller to see. */
        NotFoundProblem: {
            /** @constant */
            type: "/problems/not-found";
            /** @constant */
            title: "Not found";
            /** @constant */
            status: 404;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "not-found";
        };
        /** @description The path does not have this method; `Allow` lists those it has. */
        MethodNotAllowedProblem: {
            /** @constant */
            type: "/problems/method-not-allowed";
            /** @constant */
            title: "Method not allowed";
            /** @constant */
            status: 405;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "method-not-allowed";
        };
        /** @description The version that was sent is not the current one; read again and repeat the change. */
        VersionConflictProblem: {
            /** @constant */
            type: "/problems/version-conflict";
            /** @constant */
            title: "Version conflict";
            /** @constant */
            status: 409;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "version-conflict";
            currentVersion: components["schemas"]["Version"];
        };
        /** @description Another account has this email. */
        EmailTakenProblem: {
            /** @constant */
            type: "/problems/email-taken";
            /** @constant */
            title: "Email taken";
            /** @constant */
            status: 409;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "email-taken";
        };
        /** @description The last admin can't be demoted. */
        LastAdminProblem: {
            /** @constant */
            type: "/problems/last-admin";
            /** @constant */
            title: "Last admin";
            /** @constant */
            status: 409;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "last-admin";
        };
        /** @description Another product has this sku. */
        SkuTakenProblem: {
            /** @constant */
            type: "/problems/sku-taken";
            /** @constant */
            title: "Sku taken";
            /** @constant */
            status: 409;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "sku-taken";
        };
        /** @description Fewer units are available than would be removed. */
        InsufficientStockProblem: {
            /** @constant */
            type: "/problems/insufficient-stock";
            /** @constant */
            title: "Insufficient stock";
            /** @constant */
            status: 409;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "insufficient-stock";
            available: number;
        };
        /** @description Some products have fewer units than the order needs; all of them are listed. */
        OutOfStockProblem: {
            /** @constant */
            type: "/problems/out-of-stock";
            /** @constant */
            title: "Out of stock";
            /** @constant */
            status: 409;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "out-of-stock";
            items: components["schemas"]["Shortage"][];
        };
        /** @description Some products are unknown or not for sale; all of them are listed. */
        ProductUnavailableProblem: {
            /** @constant */
            type: "/problems/product-unavailable";
            /** @constant */
            title: "Product unavailable";
            /** @constant */
            status: 409;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "product-unavailable";
            productIds: components["schemas"]["Id"][];
        };
        /** @description An order of this status can't move to that one. */
        InvalidTransitionProblem: {
            /** @constant */
            type: "/problems/invalid-transition";
            /** @constant */
            title: "Invalid transition";
            /** @constant */
            status: 409;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "invalid-transition";
            from: components["schemas"]["OrderStatus"];
            allowed: components["schemas"]["OrderStatus"][];
        };
        /** @description The order is still being decided; it can only be cancelled. */
        OrderPendingProblem: {
            /** @constant */
            type: "/problems/order-pending";
            /** @constant */
            title: "Order pending";
            /** @constant */
            status: 409;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "order-pending";
        };
        /** @description The order was cancelled while it was being placed. */
        OrderCancelledProblem: {
            /** @constant */
            type: "/problems/order-cancelled";
            /** @constant */
            title: "Order cancelled";
            /** @constant */
            status: 409;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "order-cancelled";
        };
        /** @description Another edit of this order is being decided. */
        EditInProgressProblem: {
            /** @constant */
            type: "/problems/edit-in-progress";
            /** @constant */
            title: "Edit in progress";
            /** @constant */
            status: 409;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "edit-in-progress";
        };
        /** @description A request with this Idempotency-Key is still running. */
        RequestInProgressProblem: {
            /** @constant */
            type: "/problems/request-in-progress";
            /** @constant */
            title: "Request in progress";
            /** @constant */
            status: 409;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "request-in-progress";
        };
        /** @description `If-Match` names another version than the current one. */
        PreconditionFailedProblem: {
            /** @constant */
            type: "/problems/precondition-failed";
            /** @constant */
            title: "Precondition failed";
            /** @constant */
            status: 412;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "precondition-failed";
            currentVersion: components["schemas"]["Version"];
        };
        /** @description The body is larger than is taken. */
        ContentTooLargeProblem: {
            /** @constant */
            type: "/problems/content-too-large";
            /** @constant */
            title: "Content too large";
            /** @constant */
            status: 413;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "content-too-large";
        };
        /** @description The media type of the body is not taken here. */
        UnsupportedMediaTypeProblem: {
            /** @constant */
            type: "/problems/unsupported-media-type";
            /** @constant */
            title: "Unsupported media type";
            /** @constant */
            status: 415;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "unsupported-media-type";
        };
        /** @description The Idempotency-Key was used with another payload. */
        IdempotencyKeyReusedProblem: {
            /** @constant */
            type: "/problems/idempotency-key-reused";
            /** @constant */
            title: "Idempotency key reused";
            /** @constant */
            status: 422;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "idempotency-key-reused";
        };
        /** @description Too many attempts; wait as long as `Retry-After` says. */
        TooManyRequestsProblem: {
            /** @constant */
            type: "/problems/too-many-requests";
            /** @constant */
            title: "Too many requests";
            /** @constant */
            status: 429;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "too-many-requests";
        };
        /** @description Something went wrong that should not; the request id finds it in the logs. */
        InternalErrorProblem: {
            /** @constant */
            type: "/problems/internal-error";
            /** @constant */
            title: "Internal error";
            /** @constant */
            status: 500;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "internal-error";
        };
        /** @description The service is overloaded, or something it needs is away. */
        ServiceUnavailableProblem: {
            /** @constant */
            type: "/problems/service-unavailable";
            /** @constant */
            title: "Service unavailable";
            /** @constant */
            status: 503;
            detail: string;
            /** Format: uri-reference */
            instance: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "service-unavailable";
        };
    };
    responses: {
        /** @description The caller's tokens. */
        Tokens: {
            headers: {
                /**
                 * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                 * @example "user";q=6000;w=60
                 */
                "RateLimit-Policy"?: string;
                /**
                 * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                 * @example "user";r=5999;t=1
                 */
                RateLimit?: string;
                /** @description The answer is not to be stored. */
                "Cache-Control": "no-store";
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "access_token": "eyJhbGciOiJFZERTQSJ9.e30.c2ln",
                 *       "token_type": "Bearer",
                 *       "expires_in": 300,
                 *       "refresh_token": "4dDqGzYwC1v0nq8y3W9C6m8m3W6v2J0kXo1bq7t5R2s"
                 *     }
                 */
                "application/json": components["schemas"]["Tokens"];
            };
        };
        /** @description The request does not match the contract; `errors` says where. */
        InvalidRequest: {
            headers: {
                /**
                 * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                 * @example "user";r=5999;t=1
                 */
                RateLimit?: string;
                /**
                 * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                 * @example "user";q=6000;w=60
                 */
                "RateLimit-Policy"?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/invalid-request",
                 *       "title": "Invalid request",
                 *       "status": 400,
                 *       "code": "invalid-request",
                 *       "detail": "The request does not match the contract in 1 place",
                 *       "instance": "/orders/019a0d33-0000-7000-8000-000000000001",
                 *       "errors": [
                 *         {
                 *           "in": "body",
                 *           "pointer": "#/version",
                 *           "detail": "must be integer"
                 *         }
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["InvalidRequestProblem"];
            };
        };
        /** @description There is no token, or it is not valid here. */
        Unauthorized: {
            headers: {
                /**
                 * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                 * @example "user";q=6000;w=60
                 */
                "RateLimit-Policy"?: string;
                /**
                 * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                 * @example "user";r=5999;t=1
                 */
                RateLimit?: string;
                /** @description How to authenticate (RFC 9110, 11.6.1; RFC 6750, 3). */
                "WWW-Authenticate": string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/unauthorized",
                 *       "title": "Unauthorized",
                 *       "status": 401,
                 *       "code": "unauthorized",
                 *       "detail": "This operation needs a valid access token",
                 *       "instance": "/profile"
                 *     }
                 */
                "application/problem+json": components["schemas"]["UnauthorizedProblem"];
            };
        };
        /** @description The caller may not do this. */
        Forbidden: {
            headers: {
                /**
                 * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                 * @example "user";r=5999;t=1
                 */
                RateLimit?: string;
                /**
                 * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                 * @example "user";q=6000;w=60
                 */
                "RateLimit-Policy"?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/forbidden",
                 *       "title": "Forbidden",
                 *       "status": 403,
                 *       "code": "forbidden",
                 *       "detail": "This operation needs the role admin",
                 *       "instance": "/users"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ForbiddenProblem"];
            };
        };
        /** @description There is no such resource, or it is not for the caller to see. */
        NotFound: {
            headers: {
                /**
                 * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                 * @example "user";r=5999;t=1
                 */
                RateLimit?: string;
                /**
                 * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                 * @example "user";q=6000;w=60
                 */
                "RateLimit-Policy"?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/not-found",
                 *       "title": "Not found",
                 *       "status": 404,
                 *       "code": "not-found",
                 *       "detail": "There is no such product",
                 *       "instance": "/products/019a0d30-1f4e-7b0a-8c55-6a1e0a4be601"
                 *     }
                 */
                "application/problem+json": components["schemas"]["NotFoundProblem"];
            };
        };
        /** @description The version is not the current one. */
        VersionConflict: {
            headers: {
                /**
                 * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                 * @example "user";r=5999;t=1
                 */
                RateLimit?: string;
                /**
                 * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                 * @example "user";q=6000;w=60
                 */
                "RateLimit-Policy"?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/version-conflict",
                 *       "title": "Version conflict",
                 *       "status": 409,
                 *       "code": "version-conflict",
                 *       "detail": "Cannot update the profile at version 1: current version is 2",
                 *       "instance": "/profile",
                 *       "currentVersion": 2
                 *     }
                 */
                "application/problem+json": components["schemas"]["VersionConflictProblem"];
            };
        };
        /** @description `If-Match` names another version than the current one. */
        PreconditionFailed: {
            headers: {
                /**
                 * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                 * @example "user";r=5999;t=1
                 */
                RateLimit?: string;
                /**
                 * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                 * @example "user";q=6000;w=60
                 */
                "RateLimit-Policy"?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/precondition-failed",
                 *       "title": "Precondition failed",
                 *       "status": 412,
                 *       "code": "precondition-failed",
                 *       "detail": "If-Match asks for version 1: current version is 2",
                 *       "instance": "/products/019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                 *       "currentVersion": 2
                 *     }
                 */
                "application/problem+json": components["schemas"]["PreconditionFailedProblem"];
            };
        };
        /** @description The body is larger than 1 MiB. */
        ContentTooLarge: {
            headers: {
                /**
                 * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                 * @example "user";r=5999;t=1
                 */
                RateLimit?: string;
                /**
                 * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                 * @example "user";q=6000;w=60
                 */
                "RateLimit-Policy"?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/content-too-large",
                 *       "title": "Content too large",
                 *       "status": 413,
                 *       "code": "content-too-large",
                 *       "detail": "The body may have 1048576 bytes at most",
                 *       "instance": "/products"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ContentTooLargeProblem"];
            };
        };
        /** @description The body is in a media type that this operation does not take. */
        UnsupportedMediaType: {
            headers: {
                /**
                 * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                 * @example "user";r=5999;t=1
                 */
                RateLimit?: string;
                /**
                 * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                 * @example "user";q=6000;w=60
                 */
                "RateLimit-Policy"?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/unsupported-media-type",
                 *       "title": "Unsupported media type",
                 *       "status": 415,
                 *       "code": "unsupported-media-type",
                 *       "detail": "This operation takes application/json",
                 *       "instance": "/products"
                 *     }
                 */
                "application/problem+json": components["schemas"]["UnsupportedMediaTypeProblem"];
            };
        };
        /** @description The key was used with another payload. */
        IdempotencyKeyReused: {
            headers: {
                /**
                 * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                 * @example "user";r=5999;t=1
                 */
                RateLimit?: string;
                /**
                 * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                 * @example "user";q=6000;w=60
                 */
                "RateLimit-Policy"?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/idempotency-key-reused",
                 *       "title": "Idempotency key reused",
                 *       "status": 422,
                 *       "code": "idempotency-key-reused",
                 *       "detail": "This Idempotency-Key was used with another payload",
                 *       "instance": "/products"
                 *     }
                 */
                "application/problem+json": components["schemas"]["IdempotencyKeyReusedProblem"];
            };
        };
        /** @description The token is unknown, too old, or was used before. */
        InvalidMailToken: {
            headers: {
                /**
                 * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                 * @example "user";r=5999;t=1
                 */
                RateLimit?: string;
                /**
                 * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                 * @example "user";q=6000;w=60
                 */
                "RateLimit-Policy"?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/invalid-mail-token",
                 *       "title": "Invalid mail token",
                 *       "status": 403,
                 *       "code": "invalid-mail-token",
                 *       "detail": "The token is unknown, too old, or was used before",
                 *       "instance": "/password-reset/confirmation"
                 *     }
                 */
                "application/problem+json": components["schemas"]["InvalidMailTokenProblem"];
            };
        };
        /** @description Too many requests or too many attempts; wait as long as `Retry-After` says. */
        TooManyRequests: {
            headers: {
                /**
                 * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                 * @example "user";q=6000;w=60
                 */
                "RateLimit-Policy"?: string;
                /**
                 * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                 * @example "user";r=5999;t=1
                 */
                RateLimit?: string;
                /** @description Seconds to wait before asking again. */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/too-many-requests",
                 *       "title": "Too many requests",
                 *       "status": 429,
                 *       "code": "too-many-requests",
                 *       "detail": "Too many failed attempts",
                 *       "instance": "/login"
                 *     }
                 */
                "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
            };
        };
        /** @description The service is overloaded or something it needs is away. The outcome of a write may be unknown. */
        ServiceUnavailable: {
            headers: {
                /**
                 * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                 * @example "user";q=6000;w=60
                 */
                "RateLimit-Policy"?: string;
                /**
                 * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                 * @example "user";r=5999;t=1
                 */
                RateLimit?: string;
                /** @description Seconds to wait before asking again. */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/service-unavailable",
                 *       "title": "Service unavailable",
                 *       "status": 503,
                 *       "code": "service-unavailable",
                 *       "detail": "The database did not answer in time",
                 *       "instance": "/products"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ServiceUnavailableProblem"];
            };
        };
    };
    parameters: {
        /** @description The account's id. */
        UserId: components["schemas"]["Id"];
        /** @description The session's id. */
        SessionId: components["schemas"]["Id"];
        /** @description The product's id. */
        ProductId: components["schemas"]["Id"];
        /** @description The order's id. */
        OrderId: components["schemas"]["Id"];
        /** @description How many items a page has at most. */
        Limit: number;
        /** @description The `nextCursor` of the page before, with the same filters and order. */
        Cursor: string;
        /** @description Adds the live stock to each product. */
        Expand: "stock";
        /**
         * @description A key of the caller's choosing (a UUID is good). The same request sent again within 24 hours gets the same reply.
         * @example 8e03978e-40d5-43dd-bc93-6894a57f9324
         */
        IdempotencyKey: string;
        /**
         * @description The strong ETag of the version that was read.
         * @example "1"
         */
        IfMatch: components["schemas"]["StrongETag"];
        /**
         * @description ETags that the caller holds, or `*`. Compared weakly (RFC 9110, 13.1.2).
         * @example "1"
         */
        IfNoneMatch: string;
    };
    requestBodies: never;
    headers: {
        /** @description The version as a strong tag, such as `"7"`. */
        ETag: components["schemas"]["StrongETag"];
        /** @description The version as a strong tag; not with `expand=stock`. */
        ETagUnlessExpanded: components["schemas"]["StrongETag"];
        /** @description Where the resource is. */
        Location: string;
        /** @description The next page as `<…>; rel="next"` (RFC 8288), if there is one. */
        Link: string;
        /**
         * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
         * @example "user";r=5999;t=1
         */
        RateLimit: string;
        /**
         * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
         * @example "user";q=6000;w=60
         */
        RateLimitPolicy: string;
        /** @description Seconds to wait before asking again. */
        RetryAfter: number;
        /** @description Seconds to wait before asking again. */
        RetryAfterAlways: number;
        /** @description How to authenticate (RFC 9110, 11.6.1; RFC 6750, 3). */
        WwwAuthenticate: string;
        /** @description `true` if this is the stored reply of an earlier request with the same key. */
        IdempotentReplayed: "true";
        /** @description The answer is not to be stored. */
        NoStore: "no-store";
        /** @description Who may store the answer. */
        CacheControl: "no-cache" | "private, no-cache" | "no-store";
        /** @description How long the answer may be kept. */
        Cacheable: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    registerUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description A key of the caller's choosing (a UUID is good). The same request sent again within 24 hours gets the same reply.
                 * @example 8e03978e-40d5-43dd-bc93-6894a57f9324
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "a long enough passphrase",
                 *       "displayName": "Ada Lovelace"
                 *     }
                 */
                "application/json": components["schemas"]["Registration"];
            };
        };
        responses: {
            /** @description The account was created. */
            201: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description `true` if this is the stored reply of an earlier request with the same key. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11",
                     *       "email": "ada@example.com",
                     *       "emailVerified": false,
                     *       "displayName": "Ada Lovelace",
                     *       "roles": [
                     *         "customer"
                     *       ],
                     *       "version": 1,
                     *       "createdAt": "2026-11-23T10:15:30.123Z",
                     *       "updatedAt": "2026-11-23T10:15:30.123Z"
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            /** @description Another account has this email, or a request with this key is still running. */
            409: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description Seconds to wait before asking again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/email-taken",
                     *       "title": "Email taken",
                     *       "status": 409,
                     *       "code": "email-taken",
                     *       "detail": "Cannot register this email: another account has it",
                     *       "instance": "/register"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["EmailTakenProblem"] | components["schemas"]["RequestInProgressProblem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    logIn: {
        parameters: {
            query?: never;
            header?: {
                /** @description Kept with the session, so that its owner knows it again. */
                "User-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "a long enough passphrase"
                 *     }
                 */
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            200: components["responses"]["Tokens"];
            400: components["responses"]["InvalidRequest"];
            /** @description The email is unknown or the password is wrong. */
            401: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description How to authenticate (RFC 9110, 11.6.1; RFC 6750, 3). */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/invalid-credentials",
                     *       "title": "Invalid credentials",
                     *       "status": 401,
                     *       "code": "invalid-credentials",
                     *       "detail": "Cannot sign in with this email and password",
                     *       "instance": "/login"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["InvalidCredentialsProblem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getProfile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller's account. */
            200: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11",
                     *       "email": "ada@example.com",
                     *       "emailVerified": false,
                     *       "displayName": "Ada Lovelace",
                     *       "roles": [
                     *         "customer"
                     *       ],
                     *       "version": 1,
                     *       "createdAt": "2026-11-23T10:15:30.123Z",
                     *       "updatedAt": "2026-11-23T10:15:30.123Z"
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateProfile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "version": 1,
                 *       "displayName": "Ada King"
                 *     }
                 */
                "application/merge-patch+json": components["schemas"]["ProfilePatch"];
            };
        };
        responses: {
            /** @description The account as it is now. */
            200: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "updatedAt": "2026-11-23T10:15:30.123Z",
                     *       "createdAt": "2026-11-23T10:15:30.123Z",
                     *       "version": 2,
                     *       "roles": [
                     *         "customer"
                     *       ],
                     *       "displayName": "Ada King",
                     *       "emailVerified": false,
                     *       "email": "ada@example.com",
                     *       "id": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11"
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            409: components["responses"]["VersionConflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "currentPassword": "a long enough passphrase",
                 *       "newPassword": "another long passphrase"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description The password was changed. */
            204: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            /** @description The current password is wrong. */
            403: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/incorrect-password",
                     *       "title": "Incorrect password",
                     *       "status": 403,
                     *       "code": "incorrect-password",
                     *       "detail": "Cannot change the password: the current one is wrong",
                     *       "instance": "/profile/password"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["IncorrectPasswordProblem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listSessions: {
        parameters: {
            query?: {
                /** @description How many items a page has at most. */
                limit?: components["parameters"]["Limit"];
                /** @description The `nextCursor` of the page before, with the same filters and order. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of sessions. */
            200: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The next page as `<…>; rel="next"` (RFC 8288), if there is one. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019a0d2e-9c1b-7a54-9a39-0d6f3b8f2a13",
                     *           "client": "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0",
                     *           "createdAt": "2026-11-23T10:16:30.123Z",
                     *           "lastUsedAt": "2026-11-23T11:02:11.456Z",
                     *           "expiresAt": "2026-12-23T10:16:30.123Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["SessionPage"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    endAllSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No session is left. */
            204: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The session's id. */
                sessionId: components["parameters"]["SessionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session is over. */
            204: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    requestEmailVerification: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description If it was not verified yet, a mail is on its way. */
            202: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    confirmEmail: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "4dDqGzYwC1v0nq8y3W9C6m8m3W6v2J0kXo1bq7t5R2s"
                 *     }
                 */
                "application/json": components["schemas"]["EmailConfirmation"];
            };
        };
        responses: {
            /** @description The email is verified. */
            204: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            403: components["responses"]["InvalidMailToken"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    requestPasswordReset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordResetRequest"];
            };
        };
        responses: {
            /** @description If there is such an account, a mail is on its way. */
            202: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    resetPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "4dDqGzYwC1v0nq8y3W9C6m8m3W6v2J0kXo1bq7t5R2s",
                 *       "newPassword": "another long passphrase"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordReset"];
            };
        };
        responses: {
            /** @description The password is set. */
            204: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            403: components["responses"]["InvalidMailToken"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    refreshTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "refresh_token": "4dDqGzYwC1v0nq8y3W9C6m8m3W6v2J0kXo1bq7t5R2s"
                 *     }
                 */
                "application/json": components["schemas"]["RefreshToken"];
            };
        };
        responses: {
            200: components["responses"]["Tokens"];
            400: components["responses"]["InvalidRequest"];
            /** @description The refresh token is unknown, expired, revoked or used again. */
            401: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description How to authenticate (RFC 9110, 11.6.1; RFC 6750, 3). */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/invalid-refresh-token",
                     *       "title": "Invalid refresh token",
                     *       "status": 401,
                     *       "code": "invalid-refresh-token",
                     *       "detail": "Cannot refresh with this token",
                     *       "instance": "/token/refresh"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["InvalidRefreshTokenProblem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    logOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "refresh_token": "4dDqGzYwC1v0nq8y3W9C6m8m3W6v2J0kXo1bq7t5R2s"
                 *     }
                 */
                "application/json": components["schemas"]["RefreshToken"];
            };
        };
        responses: {
            /** @description The token and its family are revoked. */
            204: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    issueServiceToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "grant_type": "client_credentials",
                 *       "client_id": "order-processing",
                 *       "client_secret": "the-clients-own-secret",
                 *       "scope": "stock:write"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["ClientCredentials"];
            };
        };
        responses: {
            /** @description A service token. */
            200: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The answer is not to be stored. */
                    "Cache-Control": "no-store";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "eyJhbGciOiJFZERTQSJ9.e30.c2ln",
                     *       "token_type": "Bearer",
                     *       "expires_in": 300,
                     *       "scope": "stock:write"
                     *     }
                     */
                    "application/json": components["schemas"]["ServiceToken"];
                };
            };
            /** @description The request is malformed, or asks for a grant or scope that is not served. */
            400: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The answer is not to be stored. */
                    "Cache-Control": "no-store";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "unsupported_grant_type",
                     *       "error_description": "Only client_credentials is served"
                     *     }
                     */
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description The client is unknown or its secret is wrong. */
            401: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The answer is not to be stored. */
                    "Cache-Control": "no-store";
                    /** @description How to authenticate (RFC 9110, 11.6.1; RFC 6750, 3). */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "invalid_client",
                     *       "error_description": "The client is unknown or its secret is wrong"
                     *     }
                     */
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
        };
    };
    revokeToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "4dDqGzYwC1v0nq8y3W9C6m8m3W6v2J0kXo1bq7t5R2s",
                 *       "token_type_hint": "refresh_token"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["TokenRevocation"];
            };
        };
        responses: {
            /** @description The token does not work any more. */
            200: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The answer is not to be stored. */
                    "Cache-Control": "no-store";
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is malformed, or the token is of a kind that can't be revoked. */
            400: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The answer is not to be stored. */
                    "Cache-Control": "no-store";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "unsupported_token_type",
                     *       "error_description": "Access tokens can't be revoked"
                     *     }
                     */
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            /** @description The client is unknown or its secret is wrong. */
            401: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The answer is not to be stored. */
                    "Cache-Control": "no-store";
                    /** @description How to authenticate (RFC 9110, 11.6.1; RFC 6750, 3). */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "invalid_client",
                     *       "error_description": "The client is unknown or its secret is wrong"
                     *     }
                     */
                    "application/json": components["schemas"]["OAuthError"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /** @description Only the account with this email, compared as at registration. */
                email?: components["schemas"]["Email"];
                /** @description How many items a page has at most. */
                limit?: components["parameters"]["Limit"];
                /** @description The `nextCursor` of the page before, with the same filters and order. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of accounts. */
            200: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The next page as `<…>; rel="next"` (RFC 8288), if there is one. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11",
                     *           "email": "ada@example.com",
                     *           "emailVerified": false,
                     *           "displayName": "Ada Lovelace",
                     *           "roles": [
                     *             "customer"
                     *           ],
                     *           "version": 1,
                     *           "createdAt": "2026-11-23T10:15:30.123Z",
                     *           "updatedAt": "2026-11-23T10:15:30.123Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["UserPage"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    replaceUserRoles: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The account's id. */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "version": 1,
                 *       "roles": [
                 *         "customer",
                 *         "admin"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RolesReplacement"];
            };
        };
        responses: {
            /** @description The account as it is now. */
            200: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "updatedAt": "2026-11-23T10:15:30.123Z",
                     *       "createdAt": "2026-11-23T10:15:30.123Z",
                     *       "version": 2,
                     *       "roles": [
                     *         "customer",
                     *         "admin"
                     *       ],
                     *       "displayName": "Ada Lovelace",
                     *       "emailVerified": false,
                     *       "email": "ada@example.com",
                     *       "id": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11"
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The version is not the current one, or the last admin would be lost. */
            409: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/last-admin",
                     *       "title": "Last admin",
                     *       "status": 409,
                     *       "code": "last-admin",
                     *       "detail": "Cannot demote the last admin",
                     *       "instance": "/users/019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11/roles"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["VersionConflictProblem"] | components["schemas"]["LastAdminProblem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listAuditEvents: {
        parameters: {
            query?: {
                /** @description Only what this user or service did. */
                actorId?: string;
                /** @description Only what was done to this account or resource. */
                targetId?: components["schemas"]["Id"];
                /** @description Only this. */
                action?: components["schemas"]["AuditAction"];
                /** @description Only at this time or later. */
                since?: components["schemas"]["Timestamp"];
                /** @description Only before this time. */
                until?: components["schemas"]["Timestamp"];
                /** @description How many items a page has at most. */
                limit?: components["parameters"]["Limit"];
                /** @description The `nextCursor` of the page before, with the same filters and order. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events. */
            200: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The next page as `<…>; rel="next"` (RFC 8288), if there is one. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019a0d2e-a3f0-7d3e-b0c4-2f4f6ad4c0a1",
                     *           "at": "2026-11-23T10:17:02.000Z",
                     *           "action": "roles-replaced",
                     *           "actor": {
                     *             "kind": "user",
                     *             "id": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a99"
                     *           },
                     *           "target": {
                     *             "kind": "user",
                     *             "id": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11"
                     *           },
                     *           "source": {
                     *             "address": "203.0.113.9",
                     *             "userAgent": "curl/8.14.1"
                     *           },
                     *           "requestId": "6f1f4c52-3a56-4d1e-9d0c-0b7f2f7c9e11",
                     *           "details": {
                     *             "roles": "customer admin"
                     *           }
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["AuditEventPage"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getJsonWebKeySet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys in use and the next one (RFC 7517). */
            200: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description How long the answer may be kept. */
                    "Cache-Control": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keys": [
                     *         {
                     *           "kty": "OKP",
                     *           "crv": "Ed25519",
                     *           "use": "sig",
                     *           "alg": "EdDSA",
                     *           "kid": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a12",
                     *           "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["JsonWebKeySet"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyRequests"];
        };
    };
    getAuthorizationServerMetadata: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metadata. */
            200: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description How long the answer may be kept. */
                    "Cache-Control": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "issuer": "http://localhost:3000",
                     *       "token_endpoint": "http://localhost:3000/token",
                     *       "jwks_uri": "http://localhost:3000/.well-known/jwks.json",
                     *       "grant_types_supported": [
                     *         "client_credentials"
                     *       ],
                     *       "response_types_supported": [],
                     *       "scopes_supported": [
                     *         "stock:write"
                     *       ],
                     *       "token_endpoint_auth_methods_supported": [
                     *         "client_secret_basic",
                     *         "client_secret_post"
                     *       ],
                     *       "revocation_endpoint": "http://localhost:3000/token/revoke",
                     *       "revocation_endpoint_auth_methods_supported": [
                     *         "client_secret_basic",
                     *         "client_secret_post",
                     *         "none"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["AuthorizationServerMetadata"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            429: components["responses"]["TooManyRequests"];
        };
    };
    listProducts: {
        parameters: {
            query?: {
                /**
                 * @description Every word must begin a word of the name, description, sku or tags; case and compatibility forms don't matter.
                 * @example desk lamp
                 */
                q?: string;
                /** @description Only products with this tag. */
                tag?: components["schemas"]["Tag"];
                /** @description Only products of this owner. */
                ownerId?: components["schemas"]["Id"];
                /** @description Only products of this status. Other than `active` it needs a token, and shows the caller's own (an admin sees all). */
                status?: components["schemas"]["ProductStatus"];
                /** @description Only products priced in this currency. Needed with `minPrice`, `maxPrice` and sorting by price. */
                currency?: components["schemas"]["Currency"];
                /** @description Only products that cost at least this, in minor units of `currency`. */
                minPrice?: components["schemas"]["Amount"];
                /** @description Only products that cost at most this, in minor units of `currency`. */
                maxPrice?: components["schemas"]["Amount"];
                /** @description Only products that can (`true`) or can't (`false`) be bought now. */
                inStock?: boolean;
                /** @description The order. A leading `-` reverses it; names sort by code point. */
                sort?: "-createdAt" | "price" | "-price" | "name";
                /** @description Adds the live stock to each product. */
                expand?: components["parameters"]["Expand"];
                /** @description How many items a page has at most. */
                limit?: components["parameters"]["Limit"];
                /** @description The `nextCursor` of the page before, with the same filters and order. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of products. */
            200: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The next page as `<…>; rel="next"` (RFC 8288), if there is one. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                     *           "sku": "LAMP-1",
                     *           "name": "Desk lamp",
                     *           "description": "A lamp for a desk, with a warm light.",
                     *           "price": {
                     *             "amount": 4900,
                     *             "currency": "USD"
                     *           },
                     *           "status": "active",
                     *           "tags": [
                     *             "lighting",
                     *             "office"
                     *           ],
                     *           "ownerId": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11",
                     *           "version": 1,
                     *           "createdAt": "2026-11-23T10:16:02.000Z",
                     *           "updatedAt": "2026-11-23T10:16:02.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["ProductPage"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createProduct: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description A key of the caller's choosing (a UUID is good). The same request sent again within 24 hours gets the same reply.
                 * @example 8e03978e-40d5-43dd-bc93-6894a57f9324
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "sku": "LAMP-1",
                 *       "name": "Desk lamp",
                 *       "description": "A lamp for a desk, with a warm light.",
                 *       "price": {
                 *         "amount": 4900,
                 *         "currency": "USD"
                 *       },
                 *       "tags": [
                 *         "lighting",
                 *         "office"
                 *       ],
                 *       "stock": 50
                 *     }
                 */
                "application/json": components["schemas"]["ProductCreation"];
            };
        };
        responses: {
            /** @description The product was created. */
            201: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description Where the resource is. */
                    Location: string;
                    /** @description The version as a strong tag, such as `"7"`. */
                    ETag: components["schemas"]["StrongETag"];
                    /** @description `true` if this is the stored reply of an earlier request with the same key. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                     *       "sku": "LAMP-1",
                     *       "name": "Desk lamp",
                     *       "description": "A lamp for a desk, with a warm light.",
                     *       "price": {
                     *         "amount": 4900,
                     *         "currency": "USD"
                     *       },
                     *       "status": "active",
                     *       "tags": [
                     *         "lighting",
                     *         "office"
                     *       ],
                     *       "ownerId": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11",
                     *       "version": 1,
                     *       "createdAt": "2026-11-23T10:16:02.000Z",
                     *       "updatedAt": "2026-11-23T10:16:02.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Product"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            /** @description Another product has this sku, or a request with this key is still running. */
            409: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description Seconds to wait before asking again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/sku-taken",
                     *       "title": "Sku taken",
                     *       "status": 409,
                     *       "code": "sku-taken",
                     *       "detail": "Cannot create a product with this sku: another product has it",
                     *       "instance": "/products"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["SkuTakenProblem"] | components["schemas"]["RequestInProgressProblem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getProduct: {
        parameters: {
            query?: {
                /** @description Adds the live stock to each product. */
                expand?: components["parameters"]["Expand"];
            };
            header?: {
                /**
                 * @description ETags that the caller holds, or `*`. Compared weakly (RFC 9110, 13.1.2).
                 * @example "1"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The product's id. */
                productId: components["parameters"]["ProductId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The product. With `expand=stock` there is no ETag and the answer is not to be stored. */
            200: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The version as a strong tag; not with `expand=stock`. */
                    ETag?: components["schemas"]["StrongETag"];
                    /** @description Who may store the answer. */
                    "Cache-Control": "no-cache" | "private, no-cache" | "no-store";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                     *       "sku": "LAMP-1",
                     *       "name": "Desk lamp",
                     *       "description": "A lamp for a desk, with a warm light.",
                     *       "price": {
                     *         "amount": 4900,
                     *         "currency": "USD"
                     *       },
                     *       "status": "active",
                     *       "tags": [
                     *         "lighting",
                     *         "office"
                     *       ],
                     *       "ownerId": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11",
                     *       "version": 1,
                     *       "createdAt": "2026-11-23T10:16:02.000Z",
                     *       "updatedAt": "2026-11-23T10:16:02.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Product"];
                };
            };
            /** @description The caller has the current version. */
            304: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The version as a strong tag, such as `"7"`. */
                    ETag: components["schemas"]["StrongETag"];
                    /** @description Who may store the answer. */
                    "Cache-Control": "no-cache" | "private, no-cache" | "no-store";
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    replaceProduct: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The strong ETag of the version that was read.
                 * @example "1"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The product's id. */
                productId: components["parameters"]["ProductId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "version": 1,
                 *       "sku": "LAMP-1",
                 *       "name": "Desk lamp",
                 *       "description": "A lamp for a desk, with a warm light.",
                 *       "price": {
                 *         "amount": 4500,
                 *         "currency": "USD"
                 *       },
                 *       "status": "active",
                 *       "tags": [
                 *         "lighting",
                 *         "office"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["ProductReplacement"];
            };
        };
        responses: {
            /** @description The product as it is now. */
            200: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The version as a strong tag, such as `"7"`. */
                    ETag: components["schemas"]["StrongETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "updatedAt": "2026-11-23T10:16:02.000Z",
                     *       "createdAt": "2026-11-23T10:16:02.000Z",
                     *       "version": 2,
                     *       "ownerId": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11",
                     *       "tags": [
                     *         "lighting",
                     *         "office"
                     *       ],
                     *       "status": "active",
                     *       "price": {
                     *         "amount": 4500,
                     *         "currency": "USD"
                     *       },
                     *       "description": "A lamp for a desk, with a warm light.",
                     *       "name": "Desk lamp",
                     *       "sku": "LAMP-1",
                     *       "id": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601"
                     *     }
                     */
                    "application/json": components["schemas"]["Product"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The version is not the current one, or another product has this sku. */
            409: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/version-conflict",
                     *       "title": "Version conflict",
                     *       "status": 409,
                     *       "code": "version-conflict",
                     *       "detail": "Cannot update the product at version 1: current version is 2",
                     *       "instance": "/products/019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                     *       "currentVersion": 2
                     *     }
                     */
                    "application/problem+json": components["schemas"]["VersionConflictProblem"] | components["schemas"]["SkuTakenProblem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteProduct: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The strong ETag of the version that was read.
                 * @example "1"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The product's id. */
                productId: components["parameters"]["ProductId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The product is deleted. */
            204: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateProduct: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The strong ETag of the version that was read.
                 * @example "1"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The product's id. */
                productId: components["parameters"]["ProductId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "version": 1,
                 *       "price": {
                 *         "amount": 4500,
                 *         "currency": "USD"
                 *       }
                 *     }
                 */
                "application/merge-patch+json": components["schemas"]["ProductPatch"];
            };
        };
        responses: {
            /** @description The product as it is now. */
            200: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The version as a strong tag, such as `"7"`. */
                    ETag: components["schemas"]["StrongETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "updatedAt": "2026-11-23T10:16:02.000Z",
                     *       "createdAt": "2026-11-23T10:16:02.000Z",
                     *       "version": 2,
                     *       "ownerId": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11",
                     *       "tags": [
                     *         "lighting",
                     *         "office"
                     *       ],
                     *       "status": "active",
                     *       "price": {
                     *         "amount": 4500,
                     *         "currency": "USD"
                     *       },
                     *       "description": "A lamp for a desk, with a warm light.",
                     *       "name": "Desk lamp",
                     *       "sku": "LAMP-1",
                     *       "id": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601"
                     *     }
                     */
                    "application/json": components["schemas"]["Product"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The version is not the current one, or another product has this sku. */
            409: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/version-conflict",
                     *       "title": "Version conflict",
                     *       "status": 409,
                     *       "code": "version-conflict",
                     *       "detail": "Cannot update the product at version 1: current version is 2",
                     *       "instance": "/products/019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                     *       "currentVersion": 2
                     *     }
                     */
                    "application/problem+json": components["schemas"]["VersionConflictProblem"] | components["schemas"]["SkuTakenProblem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getProductStock: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The product's id. */
                productId: components["parameters"]["ProductId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The counts at this moment. */
            200: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The answer is not to be stored. */
                    "Cache-Control": "no-store";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "productId": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                     *       "available": 50,
                     *       "reserved": 0,
                     *       "sold": 0,
                     *       "sequence": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Stock"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    adjustProductStock: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description A key of the caller's choosing (a UUID is good). The same request sent again within 24 hours gets the same reply.
                 * @example 8e03978e-40d5-43dd-bc93-6894a57f9324
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description The product's id. */
                productId: components["parameters"]["ProductId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "delta": 20,
                 *       "reason": "received",
                 *       "note": "Delivery 4711"
                 *     }
                 */
                "application/json": components["schemas"]["StockChange"];
            };
        };
        responses: {
            /** @description The adjustment was made. */
            201: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description `true` if this is the stored reply of an earlier request with the same key. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019a0d31-52f0-7d3e-b0c4-2f4f6ad4c001",
                     *       "productId": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                     *       "delta": 20,
                     *       "reason": "received",
                     *       "note": "Delivery 4711",
                     *       "createdAt": "2026-11-23T10:20:00.000Z",
                     *       "stock": {
                     *         "sequence": 2,
                     *         "sold": 0,
                     *         "reserved": 0,
                     *         "available": 70,
                     *         "productId": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["StockAdjustment"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description Fewer units are available than would be removed, or a request with this key is still running. */
            409: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description Seconds to wait before asking again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/insufficient-stock",
                     *       "title": "Insufficient stock",
                     *       "status": 409,
                     *       "code": "insufficient-stock",
                     *       "detail": "Cannot remove 60 units: 50 are available",
                     *       "instance": "/products/019a0d30-1f4e-7b0a-8c55-6a1e0a4be601/stock/adjustments",
                     *       "available": 50
                     *     }
                     */
                    "application/problem+json": components["schemas"]["InsufficientStockProblem"] | components["schemas"]["RequestInProgressProblem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listProductAuditEvents: {
        parameters: {
            query?: {
                /** @description Only what this user or service did. */
                actorId?: string;
                /** @description Only what was done to this account or resource. */
                targetId?: components["schemas"]["Id"];
                /** @description Only this. */
                action?: components["schemas"]["AuditAction"];
                /** @description Only at this time or later. */
                since?: components["schemas"]["Timestamp"];
                /** @description Only before this time. */
                until?: components["schemas"]["Timestamp"];
                /** @description How many items a page has at most. */
                limit?: components["parameters"]["Limit"];
                /** @description The `nextCursor` of the page before, with the same filters and order. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events. */
            200: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The next page as `<…>; rel="next"` (RFC 8288), if there is one. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019a0d2e-a3f0-7d3e-b0c4-2f4f6ad4c0a1",
                     *           "at": "2026-11-23T10:17:02.000Z",
                     *           "action": "roles-replaced",
                     *           "actor": {
                     *             "kind": "user",
                     *             "id": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a99"
                     *           },
                     *           "target": {
                     *             "kind": "user",
                     *             "id": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11"
                     *           },
                     *           "source": {
                     *             "address": "203.0.113.9",
                     *             "userAgent": "curl/8.14.1"
                     *           },
                     *           "requestId": "6f1f4c52-3a56-4d1e-9d0c-0b7f2f7c9e11",
                     *           "details": {
                     *             "roles": "customer admin"
                     *           }
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["AuditEventPage"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    applyStockCommands: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "commands": [
                 *         {
                 *           "command": "reserve",
                 *           "orderId": "019a0d33-0000-7000-8000-000000000001",
                 *           "revision": 1,
                 *           "productId": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                 *           "quantity": 2,
                 *           "notAfter": "2026-11-23T10:21:00.000Z"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["StockCommandBatch"];
            };
        };
        responses: {
            /** @description What became of each command. */
            200: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "results": [
                     *         {
                     *           "outcome": "done",
                     *           "snapshot": {
                     *             "productId": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                     *             "sku": "LAMP-1",
                     *             "name": "Desk lamp",
                     *             "unitPrice": {
                     *               "amount": 4900,
                     *               "currency": "USD"
                     *             }
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["StockCommandResults"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    auditStock: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "limit": 100
                 *     }
                 */
                "application/json": components["schemas"]["StockAudit"];
            };
        };
        responses: {
            /** @description The books of each product, as of one moment. */
            200: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "productId": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                     *           "available": 47,
                     *           "reserved": 2,
                     *           "sold": 1,
                     *           "sequence": 4,
                     *           "adjusted": 50,
                     *           "held": [
                     *             {
                     *               "orderId": "019a0d33-0000-7000-8000-000000000001",
                     *               "revision": 1,
                     *               "quantity": 2,
                     *               "notAfter": "2026-11-23T10:21:00.000Z"
                     *             }
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["StockBooksPage"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listOrders: {
        parameters: {
            query?: {
                /** @description Only orders of this status. */
                status?: components["schemas"]["OrderStatus"];
                /** @description Only orders of this customer. For others than an admin it can only name the caller. */
                customerId?: components["schemas"]["Id"];
                /** @description How many items a page has at most. */
                limit?: components["parameters"]["Limit"];
                /** @description The `nextCursor` of the page before, with the same filters and order. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of orders. */
            200: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The next page as `<…>; rel="next"` (RFC 8288), if there is one. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019a0d33-0000-7000-8000-000000000001",
                     *           "number": "TP-000001",
                     *           "customerId": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11",
                     *           "status": "confirmed",
                     *           "items": [
                     *             {
                     *               "productId": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                     *               "sku": "LAMP-1",
                     *               "name": "Desk lamp",
                     *               "quantity": 2,
                     *               "unitPrice": {
                     *                 "amount": 4900,
                     *                 "currency": "USD"
                     *               },
                     *               "lineTotal": {
                     *                 "amount": 9800,
                     *                 "currency": "USD"
                     *               }
                     *             }
                     *           ],
                     *           "total": {
                     *             "amount": 9800,
                     *             "currency": "USD"
                     *           },
                     *           "shippingAddress": {
                     *             "name": "Ada Lovelace",
                     *             "line1": "12 St James's Square",
                     *             "city": "London",
                     *             "postalCode": "SW1Y 4LB",
                     *             "country": "GB"
                     *           },
                     *           "version": 2,
                     *           "createdAt": "2026-11-23T10:20:30.000Z",
                     *           "updatedAt": "2026-11-23T10:20:30.040Z",
                     *           "statusHistory": [
                     *             {
                     *               "status": "pending",
                     *               "at": "2026-11-23T10:20:30.000Z"
                     *             },
                     *             {
                     *               "status": "confirmed",
                     *               "at": "2026-11-23T10:20:30.040Z"
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["OrderPage"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createOrder: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description A key of the caller's choosing (a UUID is good). The same request sent again within 24 hours gets the same reply.
                 * @example 8e03978e-40d5-43dd-bc93-6894a57f9324
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "items": [
                 *         {
                 *           "productId": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                 *           "quantity": 2
                 *         }
                 *       ],
                 *       "shippingAddress": {
                 *         "name": "Ada Lovelace",
                 *         "line1": "12 St James's Square",
                 *         "city": "London",
                 *         "postalCode": "SW1Y 4LB",
                 *         "country": "GB"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["OrderCreation"];
            };
        };
        responses: {
            /** @description The order is confirmed; its stock is taken. */
            201: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description Where the resource is. */
                    Location: string;
                    /** @description The version as a strong tag, such as `"7"`. */
                    ETag: components["schemas"]["StrongETag"];
                    /** @description `true` if this is the stored reply of an earlier request with the same key. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019a0d33-0000-7000-8000-000000000001",
                     *       "number": "TP-000001",
                     *       "customerId": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11",
                     *       "status": "confirmed",
                     *       "items": [
                     *         {
                     *           "productId": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                     *           "sku": "LAMP-1",
                     *           "name": "Desk lamp",
                     *           "quantity": 2,
                     *           "unitPrice": {
                     *             "amount": 4900,
                     *             "currency": "USD"
                     *           },
                     *           "lineTotal": {
                     *             "amount": 9800,
                     *             "currency": "USD"
                     *           }
                     *         }
                     *       ],
                     *       "total": {
                     *         "amount": 9800,
                     *         "currency": "USD"
                     *       },
                     *       "shippingAddress": {
                     *         "name": "Ada Lovelace",
                     *         "line1": "12 St James's Square",
                     *         "city": "London",
                     *         "postalCode": "SW1Y 4LB",
                     *         "country": "GB"
                     *       },
                     *       "version": 2,
                     *       "createdAt": "2026-11-23T10:20:30.000Z",
                     *       "updatedAt": "2026-11-23T10:20:30.040Z",
                     *       "statusHistory": [
                     *         {
                     *           "status": "pending",
                     *           "at": "2026-11-23T10:20:30.000Z"
                     *         },
                     *         {
                     *           "status": "confirmed",
                     *           "at": "2026-11-23T10:20:30.040Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description The order is recorded and will be decided in the background; ask again at `Location`. */
            202: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description Where the resource is. */
                    Location: string;
                    /** @description Seconds to wait before asking again. */
                    "Retry-After": number;
                    /** @description `true` if this is the stored reply of an earlier request with the same key. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "statusHistory": [
                     *         {
                     *           "status": "pending",
                     *           "at": "2026-11-23T10:20:30.000Z"
                     *         }
                     *       ],
                     *       "updatedAt": "2026-11-23T10:20:30.040Z",
                     *       "createdAt": "2026-11-23T10:20:30.000Z",
                     *       "version": 1,
                     *       "shippingAddress": {
                     *         "name": "Ada Lovelace",
                     *         "line1": "12 St James's Square",
                     *         "city": "London",
                     *         "postalCode": "SW1Y 4LB",
                     *         "country": "GB"
                     *       },
                     *       "total": null,
                     *       "items": [
                     *         {
                     *           "productId": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                     *           "sku": null,
                     *           "name": null,
                     *           "quantity": 2,
                     *           "unitPrice": null,
                     *           "lineTotal": null
                     *         }
                     *       ],
                     *       "status": "pending",
                     *       "customerId": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11",
                     *       "number": "TP-000001",
                     *       "id": "019a0d33-0000-7000-8000-000000000001"
                     *     }
                     */
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description The request is invalid, or its products have more than one currency. */
            400: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/mixed-currency",
                     *       "title": "Mixed currency",
                     *       "status": 400,
                     *       "code": "mixed-currency",
                     *       "detail": "Cannot place an order in more than one currency: its products have EUR and USD",
                     *       "instance": "/orders"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["InvalidRequestProblem"] | components["schemas"]["MixedCurrencyProblem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /**
             * @description Something is short or can't be bought, the order was cancelled while it was placed, or a request with this
             *     key is still running.
             */
            409: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description Seconds to wait before asking again. */
                    "Retry-After"?: number;
                    /** @description `true` if this is the stored reply of an earlier request with the same key. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/out-of-stock",
                     *       "title": "Out of stock",
                     *       "status": 409,
                     *       "code": "out-of-stock",
                     *       "detail": "Cannot take the stock of 1 of 1 products",
                     *       "instance": "/orders",
                     *       "items": [
                     *         {
                     *           "productId": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                     *           "requested": 2,
                     *           "available": 1
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["OutOfStockProblem"] | components["schemas"]["ProductUnavailableProblem"] | components["schemas"]["OrderCancelledProblem"] | components["schemas"]["RequestInProgressProblem"];
                };
            };
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getOrder: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETags that the caller holds, or `*`. Compared weakly (RFC 9110, 13.1.2).
                 * @example "1"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description The order's id. */
                orderId: components["parameters"]["OrderId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order. */
            200: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The version as a strong tag, such as `"7"`. */
                    ETag: components["schemas"]["StrongETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019a0d33-0000-7000-8000-000000000001",
                     *       "number": "TP-000001",
                     *       "customerId": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11",
                     *       "status": "confirmed",
                     *       "items": [
                     *         {
                     *           "productId": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                     *           "sku": "LAMP-1",
                     *           "name": "Desk lamp",
                     *           "quantity": 2,
                     *           "unitPrice": {
                     *             "amount": 4900,
                     *             "currency": "USD"
                     *           },
                     *           "lineTotal": {
                     *             "amount": 9800,
                     *             "currency": "USD"
                     *           }
                     *         }
                     *       ],
                     *       "total": {
                     *         "amount": 9800,
                     *         "currency": "USD"
                     *       },
                     *       "shippingAddress": {
                     *         "name": "Ada Lovelace",
                     *         "line1": "12 St James's Square",
                     *         "city": "London",
                     *         "postalCode": "SW1Y 4LB",
                     *         "country": "GB"
                     *       },
                     *       "version": 2,
                     *       "createdAt": "2026-11-23T10:20:30.000Z",
                     *       "updatedAt": "2026-11-23T10:20:30.040Z",
                     *       "statusHistory": [
                     *         {
                     *           "status": "pending",
                     *           "at": "2026-11-23T10:20:30.000Z"
                     *         },
                     *         {
                     *           "status": "confirmed",
                     *           "at": "2026-11-23T10:20:30.040Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description The caller has the current version. */
            304: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The version as a strong tag, such as `"7"`. */
                    ETag: components["schemas"]["StrongETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    replaceOrder: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The strong ETag of the version that was read.
                 * @example "1"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The order's id. */
                orderId: components["parameters"]["OrderId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderReplacement"];
            };
        };
        responses: {
            /** @description The order as it is now. */
            200: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The version as a strong tag, such as `"7"`. */
                    ETag: components["schemas"]["StrongETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "statusHistory": [
                     *         {
                     *           "status": "pending",
                     *           "at": "2026-11-23T10:20:30.000Z"
                     *         },
                     *         {
                     *           "status": "confirmed",
                     *           "at": "2026-11-23T10:20:30.040Z"
                     *         }
                     *       ],
                     *       "updatedAt": "2026-11-23T10:20:30.040Z",
                     *       "createdAt": "2026-11-23T10:20:30.000Z",
                     *       "version": 3,
                     *       "shippingAddress": {
                     *         "name": "Ada Lovelace",
                     *         "line1": "12 St James's Square",
                     *         "city": "London",
                     *         "postalCode": "SW1Y 4LB",
                     *         "country": "GB"
                     *       },
                     *       "total": {
                     *         "amount": 9800,
                     *         "currency": "USD"
                     *       },
                     *       "items": [
                     *         {
                     *           "productId": "019a0d30-1f4e-7b0a-8c55-6a1e0a4be601",
                     *           "sku": "LAMP-1",
                     *           "name": "Desk lamp",
                     *           "quantity": 2,
                     *           "unitPrice": {
                     *             "amount": 4900,
                     *             "currency": "USD"
                     *           },
                     *           "lineTotal": {
                     *             "amount": 9800,
                     *             "currency": "USD"
                     *           }
                     *         }
                     *       ],
                     *       "status": "cancelled",
                     *       "customerId": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11",
                     *       "number": "TP-000001",
                     *       "id": "019a0d33-0000-7000-8000-000000000001"
                     *     }
                     */
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description The request is invalid, or its products have more than one currency. */
            400: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/invalid-request",
                     *       "title": "Invalid request",
                     *       "status": 400,
                     *       "code": "invalid-request",
                     *       "detail": "The request does not match the contract in 1 place",
                     *       "instance": "/orders/019a0d33-0000-7000-8000-000000000001",
                     *       "errors": [
                     *         {
                     *           "in": "body",
                     *           "pointer": "#/version",
                     *           "detail": "must be integer"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["InvalidRequestProblem"] | components["schemas"]["MixedCurrencyProblem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description The version is not the current one, the move is not allowed, or the stock is not to be had. */
            409: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description Seconds to wait before asking again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/invalid-transition",
                     *       "title": "Invalid transition",
                     *       "status": 409,
                     *       "code": "invalid-transition",
                     *       "detail": "Cannot move the order from cancelled to fulfilled",
                     *       "instance": "/orders/019a0d33-0000-7000-8000-000000000001",
                     *       "from": "cancelled",
                     *       "allowed": []
                     *     }
                     */
                    "application/problem+json": components["schemas"]["VersionConflictProblem"] | components["schemas"]["InvalidTransitionProblem"] | components["schemas"]["OrderPendingProblem"] | components["schemas"]["EditInProgressProblem"] | components["schemas"]["OutOfStockProblem"] | components["schemas"]["ProductUnavailableProblem"];
                };
            };
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteOrder: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The strong ETag of the version that was read.
                 * @example "1"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The order's id. */
                orderId: components["parameters"]["OrderId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order is deleted. */
            204: {
                headers: {
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listOrderAuditEvents: {
        parameters: {
            query?: {
                /** @description Only what this user or service did. */
                actorId?: string;
                /** @description Only what was done to this account or resource. */
                targetId?: components["schemas"]["Id"];
                /** @description Only this. */
                action?: components["schemas"]["AuditAction"];
                /** @description Only at this time or later. */
                since?: components["schemas"]["Timestamp"];
                /** @description Only before this time. */
                until?: components["schemas"]["Timestamp"];
                /** @description How many items a page has at most. */
                limit?: components["parameters"]["Limit"];
                /** @description The `nextCursor` of the page before, with the same filters and order. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events. */
            200: {
                headers: {
                    /**
                     * @description Whom the quota is counted for, and how large it is: `q` requests at once, and again as many in `w` seconds.
                     * @example "user";q=6000;w=60
                     */
                    "RateLimit-Policy"?: string;
                    /**
                     * @description What is left of the caller's quota (draft-ietf-httpapi-ratelimit-headers): `r` more requests now; in `t` seconds without one, all of it again.
                     * @example "user";r=5999;t=1
                     */
                    RateLimit?: string;
                    /** @description The next page as `<…>; rel="next"` (RFC 8288), if there is one. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019a0d2e-a3f0-7d3e-b0c4-2f4f6ad4c0a1",
                     *           "at": "2026-11-23T10:17:02.000Z",
                     *           "action": "roles-replaced",
                     *           "actor": {
                     *             "kind": "user",
                     *             "id": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a99"
                     *           },
                     *           "target": {
                     *             "kind": "user",
                     *             "id": "019a0d2e-7c1b-7a54-9a39-0d6f3b8f2a11"
                     *           },
                     *           "source": {
                     *             "address": "203.0.113.9",
                     *             "userAgent": "curl/8.14.1"
                     *           },
                     *           "requestId": "6f1f4c52-3a56-4d1e-9d0c-0b7f2f7c9e11",
                     *           "details": {
                     *             "roles": "customer admin"
                     *           }
                     *         }
                     *       ],
                     *       "nextCursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["AuditEventPage"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
}
