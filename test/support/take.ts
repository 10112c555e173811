/** The first `count` values, after which the source is told to stop. */
export async function take<Value>(source: AsyncIterable<Value>, count: number): Promise<Value[]> {
  const values: Value[] = []
  if (count === 0) return values
  for await (const value of source) {
    values.push(value)
    if (values.length === count) break
  }
  return values
}
