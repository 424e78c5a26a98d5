/** An expected failure of a bed: what happened, what to do, and the last lines of the program that failed. */
export class BedProblem extends Error {
  readonly hint: string
  constructor(message: string, hint = '', options?: ErrorOptions) {
    super(hint ? `${message} ${hint}` : message, options)
    this.name = 'BedProblem'
    this.hint = hint
  }
}
