import { t } from '../../strings/t.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { Notice } from '../../ui/Notice.tsx'
import classes from '../Connectivity.module.css'
import { vantagesText } from '../details/differences.ts'
import type { Matrix } from './matrix.ts'
import { vantageErrors } from './vantageErrors.ts'

/** Vantages that failed or could check only a part: the reason, the hint, and a manifest to apply if there is one. */
export function VantageNotices({ matrix }: { readonly matrix: Matrix }) {
  return vantageErrors(matrix).map((outcomes) => {
    const [first] = outcomes
    if (first === undefined) return null
    const { state, cause, message, hint, manifest, vantage } = first
    const affected = vantagesText(outcomes.map((outcome) => outcome.vantage))
    return (
      <Notice
        key={`${state}/${cause}/${vantage.kind}/${vantage.name}`}
        tone={state === 'failed' ? 'bad' : 'warn'}
        title={t(state === 'failed' ? 'connectivity.vantage.nothingChecked' : 'connectivity.vantage.partlyChecked', {
          vantages: affected,
        })}
        actions={
          manifest === '' ? undefined : (
            <CopyButton label={t('connectivity.vantage.copyManifest')} text={() => manifest} />
          )
        }
      >
        <div>
          {message} {cause !== '' && <code className={classes.code}>{cause}</code>}
        </div>
        {hint !== '' && <div>{hint}</div>}
      </Notice>
    )
  })
}
