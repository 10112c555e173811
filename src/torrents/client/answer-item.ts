import { err } from '../../domain/result.ts'
import type { InfoHashItems } from '../dht/info-hash-items.ts'
import type { ItemAnswer, ItemRequest } from './item-calls.ts'

const INTERNAL = err({ code: 'INTERNAL' } as const)

/**
 * Answers the main process, from the torrent client's. Never throws: a fault is the answer INTERNAL.
 *
 * @param onFault Told of the fault.
 */
export async function answerItem(
  items: InfoHashItems,
  request: ItemRequest,
  onFault: (fault: unknown) => void,
): Promise<ItemAnswer> {
  function internal(fault: unknown): typeof INTERNAL {
    onFault(fault)
    return INTERNAL
  }
  const { id, publicKey } = request
  return request.type === 'PUT_ITEM'
    ? { type: 'ITEM_PUT', id, outcome: await items.put(publicKey, request.item).catch(internal) }
    : { type: 'ITEM_GOT', id, outcome: await items.get(publicKey).catch(internal) }
}
