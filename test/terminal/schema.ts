import { Validator } from '@cfworker/json-schema'
import type { Sandbox } from './sandbox.ts'

/** The errors of a document against the JSON Schema that `hangar schema NAME` prints. */
export async function faultsAgainst(sandbox: Sandbox, name: string, document: unknown): Promise<string[]> {
  const { stdout } = await sandbox.run('schema', name)
  const { errors } = new Validator(JSON.parse(stdout), '2020-12', false).validate(document)
  return errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`)
}
