import { useState } from 'react'
import { Button } from './button.tsx'
import { copyText } from './copy-text.ts'
import { showToast } from './toasts.ts'

export function CopyButton({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const [copied, setCopied] = useState(false)
  return (
    <Button
      size="small"
      icon={copied ? 'check' : 'copy'}
      onClick={async () => {
        if (!(await copyText(text))) {
          showToast('The browser does not allow copying. Select the text and copy it by hand.', { tone: 'bad' })
          return
        }
        setCopied(true)
        setTimeout(() => setCopied(false), 2000)
      }}
    >
      {copied ? 'Copied' : label}
    </Button>
  )
}
