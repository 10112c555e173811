import { once } from 'node:events'
import { setPriority } from 'node:os'
import { ATTACKS, type AttackName } from './attacks.ts'
import type { Target } from './attack.ts'

// Attacks, as its arguments say, until it is killed: `name` and the target as JSON. It says when it could begin, begins when
// it is told to, says when all is under way, and what happened whenever it is asked.

const [name = '', target = ''] = process.argv.slice(2)
// Attackers have machines of their own: here they are not to take the processor from what they attack.
setPriority(10)

const counts: Record<string, number> = {}
process.on('disconnect', () => process.exit())
process.send?.({ isReady: true })
await once(process, 'message')
process.on('message', () => process.send?.({ counts }))
await ATTACKS[name as AttackName](JSON.parse(target) as Target, (what) => {
  counts[what] = (counts[what] ?? 0) + 1
})
process.send?.({ isUnderWay: true })
// Also where all that was opened is closed again.
setInterval(() => undefined, 1_000)
