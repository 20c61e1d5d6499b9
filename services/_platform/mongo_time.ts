/**
 * A time in an aggregation expression, in milliseconds since 1970; null where there is none. Times are compared in this form: not every engine that
 * speaks MongoDB's protocol can compare `$$NOW` with a stored date.
 */
export function millis(time: string): { $toLong: string } {
  return { $toLong: time };
}
