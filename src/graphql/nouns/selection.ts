import type { Selection as Selected } from '../../domain/selection.ts'
import type { UnixMillis } from '../../domain/time.ts'
import { builder } from '../builder.ts'
import { millisOf, toSecond } from '../scalars/date-time.ts'
import { inputError } from '../scalars/input-error.ts'

const modes: { readonly [Mode in Selected['mode']]: { readonly description: string } } = {
  ALL_MISSING: { description: 'All that are not here.' },
  LATEST: { description: 'Those whose range ends last.' },
  RANGE: { description: 'Those whose range overlaps the one that is given.' },
}

const SelectionMode = builder.enumType('SelectionMode', {
  description: 'Which archives a member fetches, of those that are not here.',
  values: modes,
})

/** Which archives are fetched. */
export const Selection = builder.objectRef<Selected>('Selection').implement({
  description: 'Which archives of a version a member fetches, of those that are not here.',
  fields: (t) => ({
    mode: t.expose('mode', { type: SelectionMode, description: 'How they are chosen.' }),
    from: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Where the range begins; null unless the mode is RANGE.',
      resolve: (selection) => (selection.mode === 'RANGE' ? millisOf(selection.from) : null),
    }),
    to: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'What the range ends before; null unless the mode is RANGE.',
      resolve: (selection) => (selection.mode === 'RANGE' ? millisOf(selection.to) : null),
    }),
  }),
})

/** A selection as a client sends it. */
export interface SelectionInputValue {
  readonly mode: Selected['mode']
  readonly from?: UnixMillis | null | undefined
  readonly to?: UnixMillis | null | undefined
}

export const SelectionInput = builder.inputRef<SelectionInputValue>('SelectionInput').implement({
  description: 'Which archives of a version a member fetches, of those that are not here.',
  fields: (t) => ({
    mode: t.field({ type: SelectionMode, required: true, description: 'How they are chosen.' }),
    from: t.field({
      type: 'DateTime',
      required: false,
      description: 'The first second of the range; only with the mode RANGE, which demands it.',
    }),
    to: t.field({
      type: 'DateTime',
      required: false,
      description: 'The second that the range ends before; only with the mode RANGE, which demands it.',
    }),
  }),
})

/** @throws An input error where a range and its mode do not go together, or a bound is no whole second. */
export function selectionOf({ mode, from, to }: SelectionInputValue): Selected {
  if (mode !== 'RANGE') {
    if (from == null && to == null) return { mode }
    throw inputError('selection', `Only the mode RANGE takes "from" and "to", found ${mode}.`)
  }
  if (from == null || to == null) throw inputError('selection', 'The mode RANGE takes both "from" and "to".')
  return { mode, from: toSecond('from', from), to: toSecond('to', to) }
}
