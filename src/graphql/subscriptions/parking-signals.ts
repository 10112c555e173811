import { builder } from '../builder.ts'
import { ParkableReactor } from '../nouns/parked-reactor.ts'
import { defineSignal, Signal, type SignalOf } from './signal.ts'

const ParkingSignal = builder
  .interfaceRef<SignalOf<'ReactorParked' | 'ReactorRetried' | 'ReactorSkipped'>>('ParkingSignal')
  .implement({
    description: 'What became of work that failed again and again.',
    interfaces: [Signal],
    fields: (t) => ({
      reactor: t.field({
        type: ParkableReactor,
        description: 'What kind of work.',
        resolve: ({ recorded }) => recorded.event.data.reactor,
      }),
    }),
  })

defineSignal('ReactorParked', 'ReactorParked', {
  description: 'Work for the community was given up, and waits for an operator.',
  interfaces: [ParkingSignal],
  fields: (t) => ({
    code: t.string({
      description: 'Why it failed last: a failure code, or the name of a refusal.',
      resolve: ({ recorded }) => recorded.event.data.code,
    }),
    failures: t.int({
      description: 'How often it failed in a row.',
      resolve: ({ recorded }) => recorded.event.data.failures,
    }),
  }),
})

defineSignal('ReactorRetried', 'ReactorRetried', {
  description: 'An operator has work tried again that was parked, or left undone.',
  interfaces: [ParkingSignal],
})

defineSignal('ReactorSkipped', 'ReactorSkipped', {
  description:
    'An operator has parked work left undone. What was wished of it is withdrawn by the signals that follow.',
  interfaces: [ParkingSignal],
})
