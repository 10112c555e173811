import { builder } from '../builder.ts'
import { describedSignals } from '../subscriptions/signal.ts'
import '../subscriptions/signals.ts'

/** The names of the signals. Behind each stands the type of its event. */
export const SignalType = builder.enumType('SignalType', {
  description: 'What a signal tells, by the name of its type.',
  values: Object.fromEntries(
    describedSignals().map(({ type, name, description }) => [name, { value: type, description }]),
  ),
})
