import { Fragment, useState } from 'react'
import { t } from '../strings/t.ts'
import classes from './Logs.module.css'
import { Marked } from './Marked.tsx'
import { type StackPart, stackParts } from './stack.ts'

/** A text of several lines, with its stack frames folded. */
export function StackText({ text }: { readonly text: string }) {
  return stackParts(text).map((part, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other identity
    <Fragment key={at}>
      {at > 0 && '\n'}
      {part.kind === 'frames' ? <Frames part={part} /> : <Marked text={part.lines.join('\n')} />}
    </Fragment>
  ))
}

function Frames({ part }: { readonly part: StackPart }) {
  const [unfolded, setUnfolded] = useState(false)
  return (
    <>
      <button
        type="button"
        className={classes.frames}
        aria-expanded={unfolded}
        onClick={() => setUnfolded((before) => !before)}
      >
        {t(unfolded ? 'logs.record.foldFrames' : 'logs.record.unfoldFrames', { count: part.lines.length })}
      </button>
      {unfolded && (
        <>
          {'\n'}
          <Marked text={part.lines.join('\n')} />
        </>
      )}
    </>
  )
}
