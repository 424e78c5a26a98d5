import { registerHooks } from 'node:module'

/** `node --import ./test/electron/register.ts`: resolves `electron` to the stand-in. */
const standIn = new URL('./standin/index.ts', import.meta.url).href
/** A test can replace the core of the host. */
const core = process.env.HANGAR_TEST_CORE

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'electron' || specifier === 'electron/main') return { url: standIn, shortCircuit: true }
    if (core !== undefined && specifier === './app.ts' && context.parentURL?.endsWith('/main/index.ts')) {
      return { url: core, shortCircuit: true }
    }
    return next(specifier, context)
  },
})
