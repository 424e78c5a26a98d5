import { CopyButton } from '../../ui/CopyButton.tsx'
import { Notice } from '../../ui/Notice.tsx'
import classes from '../Connectivity.module.css'
import { vantagesText } from '../details/differences.ts'
import type { Matrix } from './matrix.ts'
import { vantageErrors } from './vantageErrors.ts'

/** What could not be checked from where it was asked, why, and what to hand to someone who may. */
export function VantageNotices({ matrix }: { readonly matrix: Matrix }) {
  return vantageErrors(matrix).map((outcomes) => {
    const [first] = outcomes
    if (first === undefined) return null
    const { state, cause, message: says, hint, manifest, vantage } = first
    const where = vantagesText(outcomes.map((outcome) => outcome.vantage))
    return (
      <Notice
        key={`${state}/${cause}/${vantage.kind}/${vantage.name}`}
        tone={state === 'failed' ? 'bad' : 'warn'}
        title={
          state === 'failed'
            ? `Nothing could be tried from ${where}.`
            : `Checked from ${where} with less than the probe.`
        }
        actions={manifest === '' ? undefined : <CopyButton label="Copy the manifest" text={() => manifest} />}
      >
        <div>
          {says} {cause !== '' && <code className={classes.code}>{cause}</code>}
        </div>
        {hint !== '' && <div>{hint}</div>}
      </Notice>
    )
  })
}
