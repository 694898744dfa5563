// Two things are added to the CAP runtime. It has no sessions: a login and a logout that always succeed. And it reads
// addresses inside a batch only relative to the service, where SAP's manual prints them from the root of the host: those
// request lines are shortened. Its own parsers judge everything else.
const cds = require('@sap/cds')
const express = require('express')
cds.on('bootstrap', app => {
  app.post('/b1s/v2/Login', (_, res) => res.json({ SessionId: 'judge', Version: '1000280', SessionTimeout: 30 }))
  app.post('/b1s/v2/Logout', (_, res) => res.sendStatus(204))
  app.post(/\/\$batch$/, express.text({ type: '*/*' }), (req, _, next) => {
    req.body = req.body.replace(/^(GET|POST|PATCH|DELETE) \/b1s\/v2\//gm, '$1 /')
    next()
  })
})
module.exports = cds.server
