import { expect, it } from 'vitest'
import { parseDemoOptions } from '../../scripts/demo-options.ts'
import { demoArguments } from './demo.ts'

it.each([
  [{}, []],
  [{ headless: true }, ['--headless']],
  [
    { yes: true, context: 'kind-one', kubeconfig: '-k', images: 'registry.example.test/m' },
    ['--yes', '--context=kind-one', '--kubeconfig=-k', '--images=registry.example.test/m'],
  ],
])('"hangar demo" passes its options to the script, which takes them: %j', (options, args) => {
  expect(demoArguments(options)).toEqual(args)
  expect(() => parseDemoOptions(args, {})).not.toThrow()
})
