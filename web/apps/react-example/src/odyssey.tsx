import { useOdyssey } from '@odysseyml/odyssey/react'
import { StrictMode, useEffect, useRef } from 'react'
import { createRoot } from 'react-dom/client'

const apiKey = import.meta.env.VITE_ODYSSEY_API_KEY

function World() {
  const video = useRef<HTMLVideoElement>(null)
  const { connect, disconnect, startStream, interact, mediaStream, status, error } = useOdyssey({
    apiKey,
  })

  useEffect(() => {
    connect().catch(() => undefined) // `error` says why
    return disconnect
  }, []) // the hook gives another `connect` at each render

  useEffect(() => {
    if (status === 'connected') startStream({ prompt: 'red' }).catch(() => undefined)
  }, [status])

  useEffect(() => {
    if (video.current) video.current.srcObject = mediaStream
  }, [mediaStream])

  return (
    <main data-status={status}>
      <video ref={video} autoPlay muted playsInline />
      <button onClick={() => void interact({ prompt: 'blue' })}>Blue</button>
      {error && <p role="alert">{error}</p>}
    </main>
  )
}

const root = document.getElementById('root')
if (!root) throw new Error('the page has no root')
createRoot(root).render(
  <StrictMode>
    <World />
  </StrictMode>,
)
