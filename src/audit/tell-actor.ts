import type { Actor } from '../events/recorded-event.ts'
import { shortId } from './in-words.ts'

/** Who wished, in a few words. */
export function tellActor(actor: Actor): string {
  switch (actor) {
    case 'local':
      return 'a local client'
    case 'cli':
      return 'command line'
    case 'schedule':
      return 'node: schedule'
    case 'node':
      return 'node'
    default: {
      const colon = actor.indexOf(':')
      const [kind, name] = [actor.slice(0, colon), actor.slice(colon + 1)]
      return kind === 'reactor' ? `node: ${name}` : `${kind} ${shortId(name)}`
    }
  }
}
