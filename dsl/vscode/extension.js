// extension.js — starts weir lsp for .weir files and for the YAML files that are pipelines.
'use strict';

const { execFile } = require('child_process');
const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;

function settings() {
  const all = vscode.workspace.getConfiguration('weir');
  return { path: all.get('path'), arguments: all.get('arguments'), yamlFiles: all.get('yamlFiles'), schema: all.get('schema') };
}

async function start() {
  const { path, arguments: more, yamlFiles } = settings();
  const documentSelector = [{ language: 'weir' }, ...yamlFiles.map((pattern) => ({ language: 'yaml', pattern }))];
  client = new LanguageClient('weir', 'Weir', { command: path, args: ['lsp', ...more] }, { documentSelector });
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    vscode.window.showErrorMessage(`${path} lsp does not start: ${error.message}. The setting weir.path says where the weir program is.`);
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running) await running.stop();
}

// The YAML extension asks for a schema by its address, and gets what this version of weir prints.
async function offerSchema() {
  const { path, yamlFiles, schema } = settings();
  const yaml = vscode.extensions.getExtension('redhat.vscode-yaml');
  if (!schema || !yaml) return;
  const selector = yamlFiles.map((pattern) => ({ language: 'yaml', pattern }));
  const isPipeline = (resource) => {
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === resource);
    return open !== undefined && vscode.languages.match(selector, open) > 0;
  };
  const text = await new Promise((resolve, reject) =>
    execFile(path, ['schema'], { maxBuffer: 1 << 24 }, (error, output) => (error ? reject(error) : resolve(output))));
  const api = await yaml.activate();
  api.registerContributor('weir', (resource) => (isPipeline(resource) ? 'weir://schema/pipeline' : undefined), () => text);
}

async function activate(context) {
  context.subscriptions.push(vscode.workspace.onDidChangeConfiguration(async (change) => {
    if (!change.affectsConfiguration('weir')) return;
    await stop();
    await start();
  }));
  await start();
  await offerSchema();
}

module.exports = { activate, deactivate: stop };
