/** Why a server gave nothing. LATER: it may give something another time. NEVER: it did what no honest one does. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure'
  readonly when: 'LATER' | 'NEVER'

  constructor(when: HttpFailure['when'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.when = when
  }
}
