/**
 * Asks for the item after the one that it gives out, so that the source goes on while the consumer is busy.
 *
 * @throws What the source throws, when the consumer asks for the item that it threw at. Leaving early ends the source.
 */
export async function* readAhead<Item>(source: AsyncGenerator<Item, void>): AsyncGenerator<Item, void> {
  try {
    for (let next = source.next(); ;) {
      const { done, value } = await next
      if (done === true) return
      next = source.next()
      // It is awaited in the next round; until then nobody has been told, and that is no fault of its own.
      next.catch(() => undefined)
      yield value
    }
  } finally {
    await source.return()
  }
}
