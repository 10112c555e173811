import { readCheckpoint } from '../../audit/recorded-checkpoints.ts'
import { defineSignal } from './signal.ts'

defineSignal('CheckpointSigned', 'CheckpointSigned', {
  description:
    'The node vouched for its log. Whoever keeps the notes can tell later whether the log still contains them.',
  fields: (t) => ({
    size: t.field({
      type: 'ByteCount',
      description: 'How many events the checkpoint covers: all up to this position.',
      resolve: ({ recorded }) => recorded.event.data.size,
    }),
    note: t.string({
      description: 'The checkpoint as a signed note (c2sp.org/tlog-checkpoint).',
      resolve: async ({ recorded }, _args, { log }) => {
        const checkpoint = await readCheckpoint(log, recorded)
        if (checkpoint === null) throw new Error(`Cannot read the checkpoint at position ${recorded.position}`)
        return checkpoint.note
      },
    }),
  }),
})
