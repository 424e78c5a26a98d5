import { Validator } from '@cfworker/json-schema'
import type { Place } from './place.ts'

/** What the JSON Schema that `hangar schema NAME` prints has against a document. */
export async function faultsAgainst(place: Place, name: string, document: unknown): Promise<string[]> {
  const { stdout } = await place.run('schema', name)
  const { errors } = new Validator(JSON.parse(stdout), '2020-12', false).validate(document)
  return errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`)
}
