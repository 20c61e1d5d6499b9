/**
 * After so many seconds a transaction is given up whose client went away in the middle of it. The usual 60 would keep everybody else from
 * a product that a killed service was just selling; no transaction of a service lasts longer than its calls to the database may.
 */
export const TRANSACTION_LIFETIME_S = 10;
