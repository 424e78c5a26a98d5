export type Place = { readonly seed: number; readonly index: number; readonly at: Date }
export type BallerinaFormat = 'logfmt' | 'json'
export function correlationId(seed: number, index: number): string
export function ballerinaLine(line: Place & { readonly module: string; readonly format: BallerinaFormat }): string
export function microIntegratorLine(line: Place): string
