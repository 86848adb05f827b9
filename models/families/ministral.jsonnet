// Ministral 8B: what transformers calls a Mistral whose layer_types alternate.
// Models: mistralai/Ministral-8B-Instruct-2410
import 'mistral.jsonnet'
