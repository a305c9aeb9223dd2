// What every stand-in of an action runs: tells the harness what the step was given, and does what it answers.
const fs = require('fs');
const http = require('http');
const { env } = process;

const inputs = {};
for (const name of Object.keys(env)) if (name.startsWith('INPUT_')) inputs[name.slice(6)] = env[name];
const state = {};
for (const name of Object.keys(env)) if (name.startsWith('STATE_')) state[name.slice(6)] = env[name];

function append(file, pairs) {
  for (const [name, value] of Object.entries(pairs)) fs.appendFileSync(file, `${name}<<END_OF_VALUE\n${value}\nEND_OF_VALUE\n`);
}

function obey(answer) {
  for (const mask of answer.masks) console.log(`::add-mask::${mask}`);
  for (const line of answer.lines) console.log(line);
  append(env.GITHUB_OUTPUT, answer.outputs);
  append(env.GITHUB_ENV, answer.exports);
  append(env.GITHUB_STATE, answer.state);
  for (const path of answer.paths) fs.appendFileSync(env.GITHUB_PATH, `${path}\n`);
  if (answer.failure === null) return;
  console.log(`::error::${answer.failure.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')}`);
  process.exitCode = 1;
}

const body = JSON.stringify({ phase: env.HARNESS_PHASE, action: env.GITHUB_ACTION_REPOSITORY, inputs, state, env, folder: process.cwd() });
const headers = { Authorization: `Bearer ${env.ACTIONS_RUNTIME_TOKEN}`, 'Content-Type': 'application/json' };
const request = http.request(`${env.HARNESS_GITHUB}/action`, { method: 'POST', headers }, (response) => {
  let text = '';
  response.on('data', (chunk) => (text += chunk));
  response.on('end', () => {
    if (response.statusCode === 200) return obey(JSON.parse(text));
    console.log(`::error::harness: ${text}`);
    process.exitCode = 1;
  });
});
request.end(body);
