import { useEffect } from 'react'

const name = 'found'

/**
 * Marks the words in the texts of an element, as far as the browser can do it without a change of the page (CSS Custom
 * Highlight API). The marks follow when the content changes.
 */
export function useHighlight(element: { readonly current: HTMLElement | null }, words: readonly string[]): void {
  const text = words.join(' ')
  useEffect(() => {
    const container = element.current
    if (container === null || text === '' || !('highlights' in CSS)) return
    const mark = () => CSS.highlights.set(name, new Highlight(...rangesOf(container, text.split(' '))))
    mark()
    const observer = new MutationObserver(mark)
    observer.observe(container, { subtree: true, childList: true, characterData: true })
    return () => {
      observer.disconnect()
      CSS.highlights.delete(name)
    }
  }, [element, text])
}

function rangesOf(container: HTMLElement, words: readonly string[]): readonly Range[] {
  const ranges: Range[] = []
  const walker = document.createTreeWalker(container, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.nodeValue?.toLowerCase() ?? ''
    for (const word of words)
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
        const range = new Range()
        range.setStart(node, at)
        range.setEnd(node, at + word.length)
        ranges.push(range)
      }
  }
  return ranges
}
