/** Does one part of a long run, and tells its name and how long it took. */
export async function step<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  console.log(`== ${name}`);
  const startedAt = performance.now();
  const result = await work();
  console.log(`   ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  return result;
}
